import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./code-blocks.ts";

/** What runs in production between a pod and its backend. */
const packages = "{core,pod,kubelet,local,aws,fargate,batch,nomad}";
/** As Kubernetes writes reasons: one word in camel case that begins with a capital. */
const reasonText = /^[A-Z][A-Za-z]*[a-z][A-Za-z]*$/;
/** What a reason is kept in, and functions that take one first. */
const reasonName = /reason|^event$|startFailures|failedStarts|^disruptions$/i;
const takesReason = /^(fail|refuse|refused)$/;

/**
 * Reasons that the sources write to pods, nodes and events, each with the files that do, relative to the root. One that
 * ends in a name is followed by "…". Those of answers of the API server stay within the process.
 */
export async function writtenReasons(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for await (const file of glob(`packages/${packages}/src/**/*.ts`, { cwd: root })) {
    if (file.endsWith(".test.ts") || file.includes("/testdata/") || file.includes("kubelet/src/api/"))
      continue;
    const text = await readFile(join(root, file), "utf8");
    for (const reason of reasonsOf(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)))
      found.set(reason, [...(found.get(reason) ?? []), file]);
  }
  return new Map([...found].sort(([left], [right]) => left.localeCompare(right)));
}

/** Texts that stand in something called a reason: a property, a variable, a parameter, a function, a type. */
function reasonsOf(source: ts.SourceFile): ReadonlySet<string> {
  const reasons = new Set<string>();
  const visit = (node: ts.Node, isReason: boolean): void => {
    if (isReason && ts.isStringLiteralLike(node) && reasonText.test(node.text)) reasons.add(node.text);
    if (isReason && ts.isTemplateExpression(node) && reasonText.test(node.head.text))
      reasons.add(`${node.head.text}…`);
    const isInside = isNamedReason(node) || (isReason && !isOtherProperty(node));
    ts.forEachChild(node, (child) =>
      visit(child, isFirstArgument(node, child) || (isInside && isValueOf(node, child))),
    );
  };
  visit(source, false);
  return reasons;
}

function isNamedReason(node: ts.Node): boolean {
  const { name } = node as { readonly name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) && reasonName.test(name.text);
}

/** What stands beside a reason in a notice. */
function isOtherProperty(node: ts.Node): boolean {
  const { name } = node as { readonly name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) && /^(type|message)$/.test(name.text);
}

function isFirstArgument(parent: ts.Node, child: ts.Node): boolean {
  return (
    ts.isCallExpression(parent) &&
    child === parent.arguments[0] &&
    ts.isIdentifier(parent.expression) &&
    takesReason.test(parent.expression.text)
  );
}

/** Not the conditions under which a reason is chosen, nor what is compared or called on the way. */
function isValueOf(parent: ts.Node, child: ts.Node): boolean {
  if (ts.isConditionalExpression(parent)) return child !== parent.condition;
  if (ts.isIfStatement(parent)) return child !== parent.expression;
  if (ts.isCallExpression(parent)) return false;
  // A row of a table from texts to reasons.
  if (ts.isArrayLiteralExpression(parent) && ts.isArrayLiteralExpression(parent.parent))
    return child === parent.elements.at(-1);
  if (ts.isBinaryExpression(parent)) {
    const { kind } = parent.operatorToken;
    return kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken;
  }
  return true;
}
