/**
 * The objects with methods that a job works with, and how they get to where it runs. In the caller's thread they are those that
 * the caller gave. Workers make them again: built-in ones from their descriptions, those of a module by importing it. There is no
 * third way, so that no object of the user's is ever replaced.
 */
import { type Augmentation, type AugmentationOptions, augmentation } from '@longhand/datasets';
import {
  describeNetwork,
  type Loss,
  lossFrom,
  type Network,
  type NetworkDescription,
  networkFrom,
} from '@longhand/layers';
import { type Optimizer, optimizerFrom } from '@longhand/optimizers';
import {
  type Description,
  described,
  importModules,
  isBuiltIn,
  isModuleReference,
  type ModuleReference,
  type Modules,
  madeFrom,
  modulesIn,
  unlimited,
} from '@longhand/schema';
import { OptionError } from '@longhand/tensor';

/** What an evaluation works with. */
export interface EvaluationObjects {
  readonly network: Network;
  readonly loss: Loss;
}

/** What a training run works with. */
export interface TrainingObjects extends EvaluationObjects {
  readonly optimizer: Optimizer;
  /** Absent for a run without augmentation. */
  readonly augmentation?: Augmentation;
  /** The networks of the models that the run learns from. Default: none. */
  readonly teachers?: readonly Network[];
}

/** {@link EvaluationObjects} as plain data. */
export interface DescribedEvaluation {
  readonly network: NetworkDescription;
  readonly loss: Description | ModuleReference;
}

/** {@link TrainingObjects} as plain data. */
export interface DescribedTraining extends DescribedEvaluation {
  readonly optimizer: Description | ModuleReference;
  readonly augmentation?: object;
  readonly teachers?: readonly NetworkDescription[];
}

/** @throws OptionError naming the first object that workers could not make again */
export function describeEvaluation(where: string, { network, loss }: EvaluationObjects): DescribedEvaluation {
  return { network: networkDescription(where, network), loss: descriptionOf(where, 'loss', loss) };
}

/** @param whose what messages say behind the network or the layer */
function networkDescription(where: string, network: Network, whose = ''): NetworkDescription {
  if (!isBuiltIn(network)) throw refusal(where, `network${whose}`);
  for (const { name, layer } of network.layers) descriptionOf(where, `layer as ${name}${whose}`, layer);
  return describeNetwork(network);
}

/** @throws OptionError naming the first object that workers could not make again */
export function describeTraining(where: string, objects: TrainingObjects): DescribedTraining {
  const { optimizer, augmentation, teachers } = objects;
  return {
    ...describeEvaluation(where, objects),
    optimizer: descriptionOf(where, 'optimizer', optimizer),
    ...(augmentation && { augmentation: descriptionOf(where, 'augmentation', augmentation) }),
    ...(teachers && { teachers: teachers.map((network) => networkDescription(where, network, ' of a teacher')) }),
  };
}

function descriptionOf<Described>(
  where: string,
  what: string,
  object: { readonly description: Described },
): Described | ModuleReference {
  const description = described(object);
  if (description === undefined) throw refusal(where, what);
  return description;
}

function refusal(where: string, what: string): OptionError {
  return new OptionError(
    `${where}: expected a built-in ${what} or one of a module, which workers can make again, got an object of your own; give it as a module, await fromModule({ module, export, options }), or ${where} with threads: 0`,
  );
}

/** Imports the modules, and makes the objects of an evaluation. */
export async function evaluationObjects(given: DescribedEvaluation): Promise<EvaluationObjects> {
  return networkAndLoss(given, await importModules(modulesIn(given)));
}

/** Imports the modules, and makes the objects of a training run. */
export async function trainingObjects(given: DescribedTraining): Promise<TrainingObjects> {
  const modules = await importModules(modulesIn(given));
  return {
    ...networkAndLoss(given, modules),
    optimizer: made(given.optimizer, modules, optimizerFrom),
    ...(given.augmentation && {
      augmentation: made<Augmentation, object>(given.augmentation, modules, (options: AugmentationOptions) =>
        augmentation(options),
      ),
    }),
    ...(given.teachers && {
      teachers: given.teachers.map((network) => networkFrom(network, { modules, budget: unlimited })),
    }),
  };
}

function networkAndLoss({ network, loss }: DescribedEvaluation, modules: Modules): EvaluationObjects {
  return { network: networkFrom(network, { modules, budget: unlimited }), loss: made(loss, modules, lossFrom) };
}

function made<Made extends object, Described>(
  given: Described | ModuleReference,
  modules: Modules,
  make: (description: Described) => Made,
): Made {
  return isModuleReference(given) ? madeFrom<Made>(given, modules) : make(given as Described);
}
