/** How a run is shown while it trains. Progress goes to stderr; results never go through here. */
import type { TrainingProgress } from '@longhand/training';
import type { EpochMetrics } from '../run-record';

/** An epoch that is over. */
export interface EpochRecord extends EpochMetrics {
  readonly epochs: number;
}

/** An image that was read wrong. */
export interface MisreadDigit {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly shown: string;
  readonly read: string;
  /** How sure the network was, from 0 to 1. */
  readonly probability: number;
}

/** What a run had come to before it went on. */
export interface RunHistory {
  readonly epochs: readonly EpochMetrics[];
  /** Mean losses of some steps each, with the place where they end, in epochs. */
  readonly losses: readonly (readonly [epochs: number, loss: number])[];
}

export interface TrainingDisplay {
  /** Whether somebody is looking: who is not need not be shown pictures. */
  readonly live: boolean;
  /** Shows a text that stays. */
  heading(text: string): void;
  /** Shows where the run stands; to be called after every step. */
  step(progress: TrainingProgress): void;
  epoch(record: EpochRecord): void;
  misread(digits: readonly MisreadDigit[]): void;
  /** Shows what is being done. */
  working(what: string): void;
  /** Takes away what is redrawn, so that other text can follow. */
  close(): void;
}
