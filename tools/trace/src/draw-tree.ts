/** A span below its parent, or an event below its cause. */
export interface TreeNode {
  readonly id: string
  readonly parentId: string | null
  readonly startMs: number
  readonly name: string
}

/** Lines of text in the order of time, one for each node: its figures, and its name, indented below that of its parent. */
export const drawTree = <Node extends TreeNode>(
  nodes: readonly Node[],
  figuresOf: (node: Node, sinceFirstMs: number) => string,
): string[] => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const depthOf = ({ parentId }: TreeNode): number => {
    const parent = byId.get(parentId ?? '')
    return parent ? depthOf(parent) + 1 : 0
  }
  const firstMs = Math.min(...nodes.map(({ startMs }) => startMs))
  return nodes
    .toSorted((one, other) => one.startMs - other.startMs || depthOf(one) - depthOf(other))
    .map((node) => `${figuresOf(node, node.startMs - firstMs)}  ${'  '.repeat(depthOf(node))}${node.name}`)
}
