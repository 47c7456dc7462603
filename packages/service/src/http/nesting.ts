/** Values that are nested deeper than this are not indented, and `POST /states` refuses such events. */
export const maxDepth = 32

/** True for a value with objects or arrays nested more than 32 deep. Stops at that depth. */
export const isDeeplyNested = (value: unknown, depth = 1): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth > maxDepth || Object.values(value).some((child) => isDeeplyNested(child, depth + 1)))
