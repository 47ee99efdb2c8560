/** Convolutions to test: every option, alone and together, and the sizes of real networks. */
import type { KernelCases } from '../contract/cases';
import { type Conv2dGeometry, type Conv2dSizes, conv2dGeometry, type conv2dSpecs } from './conv2d';

const geometry = (sizes: Omit<Conv2dSizes, 'batch'> & { batch?: number }): Conv2dGeometry =>
  conv2dGeometry('case', { batch: 2, ...sizes });

export const cases: KernelCases<typeof conv2dSpecs> = () => [
  {
    forward: 'conv2d',
    gradients: ['conv2dInputGrad', 'conv2dWeightGrad'],
    cases: [
      {
        name: '1×1 kernel, one channel, one image',
        geometry: geometry({ batch: 1, input: [3, 3, 1], outChannels: 1, kernel: [1, 1] }),
      },
      {
        name: 'the note’s 4×4 image and 3×3 kernel',
        geometry: geometry({ batch: 1, input: [4, 4, 1], outChannels: 1, kernel: [3, 3], bias: false }),
      },
      {
        name: 'kernel as large as the image',
        geometry: geometry({ input: [3, 4, 2], outChannels: 3, kernel: [3, 4] }),
      },
      { name: '3 → 5 channels', geometry: geometry({ input: [5, 6, 3], outChannels: 5, kernel: [3, 3] }) },
      {
        name: '5 → 3 channels, kernel 2×3, batch 3',
        geometry: geometry({ batch: 3, input: [5, 4, 5], outChannels: 3, kernel: [2, 3] }),
      },
      { name: 'stride 2', geometry: geometry({ input: [7, 7, 2], outChannels: 3, kernel: [3, 3], stride: [2, 2] }) },
      {
        name: 'stride 2×3, last columns unread',
        geometry: geometry({ input: [6, 8, 1], outChannels: 2, kernel: [3, 2], stride: [2, 3] }),
      },
      {
        name: 'stride larger than the kernel',
        geometry: geometry({ input: [7, 7, 1], outChannels: 2, kernel: [2, 2], stride: [3, 3] }),
      },
      { name: 'padding 2', geometry: geometry({ input: [4, 5, 2], outChannels: 2, kernel: [5, 5], padding: 2 }) },
      {
        name: 'padding different on all sides',
        geometry: geometry({
          input: [4, 4, 2],
          outChannels: 2,
          kernel: [3, 3],
          padding: { top: 0, bottom: 2, left: 1, right: 3 },
        }),
      },
      {
        name: 'stride 2, windows wholly in the padding',
        geometry: geometry({
          input: [3, 2, 4],
          outChannels: 3,
          kernel: [2, 2],
          stride: [2, 2],
          padding: { top: 4, bottom: 3, left: 3, right: 5 },
        }),
      },
      {
        name: 'SAME, odd kernel',
        geometry: geometry({ input: [4, 5, 3], outChannels: 2, kernel: [3, 3], padding: 'same' }),
      },
      {
        name: 'SAME, even kernel: the odd zero at the end',
        geometry: geometry({ input: [5, 5, 1], outChannels: 2, kernel: [2, 4], padding: 'same' }),
      },
      {
        name: 'SAME, stride 2',
        geometry: geometry({ input: [6, 7, 2], outChannels: 2, kernel: [3, 3], stride: [2, 2], padding: 'same' }),
      },
      {
        name: 'true convolution',
        geometry: geometry({ input: [5, 5, 3], outChannels: 2, kernel: [3, 2], flipped: true }),
      },
      {
        name: 'true convolution, stride 2, SAME, no bias',
        geometry: geometry({
          input: [5, 6, 2],
          outChannels: 3,
          kernel: [3, 3],
          stride: [2, 2],
          padding: 'same',
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'one-dimensional: height 1',
        geometry: geometry({
          input: [1, 9, 3],
          outChannels: 5,
          kernel: [1, 3],
          padding: { top: 0, bottom: 0, left: 1, right: 1 },
        }),
      },
      {
        name: 'first convolution of the documented network, cropped',
        geometry: geometry({ input: [9, 8, 1], outChannels: 6, kernel: [5, 5] }),
      },
      {
        name: 'second convolution of the documented network, cropped',
        geometry: geometry({ input: [6, 7, 6], outChannels: 12, kernel: [5, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: one column of tiles',
        geometry: geometry({ input: [6, 8, 3], outChannels: 4, kernel: [5, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 4×5: the last tile three outputs wide, odd channels',
        geometry: geometry({ input: [5, 11, 3], outChannels: 5, kernel: [4, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: one channel, padding 2, the last tile two outputs wide',
        geometry: geometry({ input: [5, 6, 1], outChannels: 6, kernel: [5, 5], padding: 2 }),
      },
      {
        name: 'Winograd F(4, 5), 5×5: tiles wholly in the padding, true convolution, no bias',
        geometry: geometry({
          input: [3, 4, 3],
          outChannels: 4,
          kernel: [5, 5],
          padding: { top: 6, bottom: 1, left: 9, right: 10 },
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'Winograd F(4, 5), 3×5: the last tile reaches beyond the padding',
        geometry: geometry({
          input: [5, 8, 4],
          outChannels: 2,
          kernel: [3, 5],
          padding: { top: 0, bottom: 2, left: 1, right: 0 },
        }),
      },
      {
        name: 'Winograd F(4, 5), 2×5: many channels',
        geometry: geometry({ input: [2, 9, 17], outChannels: 10, kernel: [2, 5] }),
      },
      {
        name: 'Winograd F(4, 5), 1×5: a sequence of many channels',
        geometry: geometry({ input: [1, 9, 16], outChannels: 9, kernel: [1, 5] }),
      },
      {
        name: 'Winograd F(4×4, 3×3): one tile',
        geometry: geometry({ input: [6, 6, 6], outChannels: 6, kernel: [3, 3] }),
      },
      {
        name: 'Winograd F(4×4, 3×3): the last tiles one high and three wide, odd channels, no bias',
        geometry: geometry({ input: [7, 9, 7], outChannels: 7, kernel: [3, 3], bias: false }),
      },
      {
        name: 'Winograd F(4×4, 3×3): SAME, true convolution',
        geometry: geometry({ input: [5, 6, 6], outChannels: 12, kernel: [3, 3], padding: 'same', flipped: true }),
      },
      {
        name: 'Winograd F(4×4, 3×3): padding different on all sides, a tile wholly in it',
        geometry: geometry({
          input: [2, 3, 12],
          outChannels: 6,
          kernel: [3, 3],
          padding: { top: 2, bottom: 2, left: 7, right: 1 },
        }),
      },
      {
        name: 'Winograd F(4×4, 3×3): channels for more than one part',
        geometry: geometry({ input: [6, 6, 10], outChannels: 5, kernel: [3, 3] }),
      },
      {
        name: 'Winograd F(2×4, 5×5): one tile and a part of one, in either direction',
        geometry: geometry({ input: [3, 5, 24], outChannels: 24, kernel: [5, 5], padding: 2 }),
      },
      {
        name: 'Winograd F(2×4, 5×5): tiles wholly in the padding, odd channels, true convolution, no bias',
        geometry: geometry({
          input: [2, 3, 25],
          outChannels: 25,
          kernel: [5, 5],
          padding: { top: 6, bottom: 0, left: 1, right: 6 },
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'Winograd F(3×3, 4×4): SAME, the last tiles two high',
        geometry: geometry({ input: [8, 6, 10], outChannels: 14, kernel: [4, 4], padding: 'same' }),
      },
      {
        name: 'Winograd F(3×3, 4×4), 7×7 in four parts: one tile',
        geometry: geometry({ input: [9, 9, 6], outChannels: 8, kernel: [7, 7], bias: false }),
      },
      {
        name: 'Winograd F(3×4, 4×3), 4×6 in two parts: padding different on all sides, true convolution',
        geometry: geometry({
          input: [8, 11, 7],
          outChannels: 9,
          kernel: [4, 6],
          padding: { top: 1, bottom: 0, left: 0, right: 2 },
          flipped: true,
        }),
      },
      {
        name: 'Winograd F(4×4, 3×3), 9×3 in three parts: one tile',
        geometry: geometry({ input: [12, 6, 6], outChannels: 7, kernel: [9, 3] }),
      },
      {
        name: 'dilation 2',
        geometry: geometry({ input: [7, 8, 3], outChannels: 2, kernel: [3, 3], dilation: [2, 2] }),
      },
      {
        name: 'dilation 2×3, SAME: the odd zero at the end',
        geometry: geometry({ input: [5, 6, 2], outChannels: 3, kernel: [3, 2], dilation: [2, 3], padding: 'same' }),
      },
      {
        name: 'dilation 2, stride 2: half of the inputs are never read',
        geometry: geometry({ input: [8, 7, 2], outChannels: 3, kernel: [3, 3], stride: [2, 2], dilation: [2, 2] }),
      },
      {
        name: 'dilation 3×2, stride 2×3, padding different on all sides, true convolution, no bias',
        geometry: geometry({
          input: [6, 5, 3],
          outChannels: 2,
          kernel: [3, 2],
          stride: [2, 3],
          dilation: [3, 2],
          padding: { top: 3, bottom: 1, left: 0, right: 2 },
          flipped: true,
          bias: false,
        }),
      },
      {
        name: 'three groups of two channels to three',
        geometry: geometry({ input: [5, 4, 6], outChannels: 9, kernel: [3, 3], groups: 3 }),
      },
      {
        name: 'two groups of three channels to one, stride 2, padding 2',
        geometry: geometry({ input: [5, 4, 6], outChannels: 2, kernel: [3, 2], stride: [2, 2], padding: 2, groups: 2 }),
      },
      {
        name: 'depthwise 3×3, SAME',
        geometry: geometry({ input: [5, 6, 4], outChannels: 4, kernel: [3, 3], padding: 'same', groups: 4 }),
      },
      {
        name: 'depthwise 5×5, eight channels, stride 2, no bias',
        geometry: geometry({
          input: [6, 7, 8],
          outChannels: 8,
          kernel: [5, 5],
          stride: [2, 2],
          padding: 'same',
          groups: 8,
          bias: false,
        }),
      },
      {
        name: 'depthwise to two maps of each channel, dilation 2, true convolution',
        geometry: geometry({
          input: [6, 6, 3],
          outChannels: 6,
          kernel: [2, 3],
          dilation: [2, 2],
          padding: 1,
          groups: 3,
          flipped: true,
        }),
      },
      {
        name: 'one-dimensional, depthwise, dilation 3: causal',
        geometry: geometry({
          input: [1, 9, 3],
          outChannels: 3,
          kernel: [1, 3],
          dilation: [1, 3],
          padding: { top: 0, bottom: 0, left: 6, right: 0 },
          groups: 3,
        }),
      },
    ],
  },
];
