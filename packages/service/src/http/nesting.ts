/** Objects and arrays within each other beyond this depth are not shown to people as JSON. */
const maxDepth = 32

/** True for a value with objects or arrays nested more than 32 deep. It looks no deeper. */
export const isDeeplyNested = (value: unknown, depth = 1): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth > maxDepth || Object.values(value).some((child) => isDeeplyNested(child, depth + 1)))
