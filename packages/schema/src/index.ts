export {
  type Budget,
  type BudgetOptions,
  budgetNames,
  checkBudget,
  defaultBudget,
  limitOf,
  type Refusal,
  unlimited,
} from './budget';
export { checkJsonText, type JsonTextRules } from './json-text';
export {
  type Description,
  type DescriptionOf,
  type Entries,
  type FamilyOptions,
  fromDescription,
  type Kind,
  kind,
  type Named,
} from './kinds';
export { didYouMean, nearestName } from './nearest';
export { type CheckOptions, checkOptions, errorOfOptions, picked } from './options';
export {
  builtIn,
  described,
  fromModule,
  importModules,
  isBuiltIn,
  isModuleReference,
  ModuleError,
  type ModuleExports,
  type ModuleOptions,
  type ModuleReference,
  type Modules,
  madeFrom,
  moduleOf,
  modulesIn,
  withModuleNames,
} from './origins';
export { type JsonFault, type ParseOptions, parseJson, parseJsonText, type TextOptions } from './parse';
export {
  belowOne,
  boolean,
  count,
  type EntrySchema,
  either,
  finiteNumber,
  isRecord,
  list,
  nonNegative,
  number,
  numberWhere,
  type OptionalEntrySchema,
  type Output,
  object,
  objectWithExtras,
  oneOf,
  optional,
  pair,
  positive,
  recordOf,
  type Schema,
  string,
  unknown,
  where,
} from './schemas';
export { kindOf, printable, shown } from './shown';
