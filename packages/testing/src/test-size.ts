/** Floods, crowds and histories have two sizes: one that is seen at each change, and the full one of `npm run test:full`. */

/** TEST_SIZE, by default `quick`. */
export const testSize = (): 'quick' | 'full' => {
  const size = process.env['TEST_SIZE'] ?? 'quick'
  if (size !== 'quick' && size !== 'full') throw new Error(`TEST_SIZE is ${size}; expected quick or full.`)
  return size
}

/**
 * The value for the size of this run, such as a number of orders or a list of cases. A test file that calls it is run by
 * `npm test` in its quick size, and by `npm run test:full` in full. Both sizes must be able to fail.
 */
export const sized = <Value>(values: { readonly quick: Value; readonly full: Value }): Value => values[testSize()]
