/**
 * Tells bundlers that the constants of a module may be left out where nobody uses them. A package is published as one file or a few, and
 * `sideEffects: false` only says that a whole file may be left out: a table that is computed, or an object with a spread in it, stays with
 * whatever it refers to, since to a bundler any call or access may do something. Ours only compute values. So
 * `const table = new Map(Object.entries(types))` becomes a call of a function that is marked as pure, `(() => new Map(Object.entries(types)))()`.
 */
import ts from 'typescript';

const { SyntaxKind: kind } = ts;

/**
 * A module with the constants at its top level as bundlers want them. Lines stay as they are.
 *
 * @param {string} path
 * @param {string} text TypeScript
 */
export function withPureConstants(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const initializers = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .flatMap(({ initializer }) => (initializer === undefined || isPlain(initializer) ? [] : [initializer]));
  let result = '';
  let at = 0;
  for (const { end, ...node } of initializers.map((each) => ({ begin: each.getStart(source), end: each.end }))) {
    result += `${text.slice(at, node.begin)}/* @__PURE__ */ (() => (${text.slice(node.begin, end)}))()`;
    at = end;
  }
  return result + text.slice(at);
}

/** Whether bundlers see by themselves that an expression has no effect. */
function isPlain(node) {
  switch (node.kind) {
    case kind.NumericLiteral:
    case kind.BigIntLiteral:
    case kind.StringLiteral:
    case kind.NoSubstitutionTemplateLiteral:
    case kind.RegularExpressionLiteral:
    case kind.TrueKeyword:
    case kind.FalseKeyword:
    case kind.NullKeyword:
    case kind.Identifier:
    case kind.ArrowFunction:
    case kind.FunctionExpression:
      return true;
    case kind.PrefixUnaryExpression:
      return ts.isNumericLiteral(node.operand);
    case kind.ParenthesizedExpression:
    case kind.AsExpression:
    case kind.SatisfiesExpression:
      return isPlain(node.expression);
    case kind.ArrayLiteralExpression:
      return node.elements.every(isPlain);
    case kind.ObjectLiteralExpression:
      return node.properties.every(
        (property) =>
          ts.isShorthandPropertyAssignment(property) ||
          (ts.isMethodDeclaration(property) && !ts.isComputedPropertyName(property.name)) ||
          (ts.isPropertyAssignment(property) &&
            !ts.isComputedPropertyName(property.name) &&
            isPlain(property.initializer)),
      );
    default:
      return false;
  }
}
