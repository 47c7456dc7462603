/** Tests with many messages, clients or histories have two sizes: quick for `npm test`, full for `npm run test:full`. */

/** TEST_SIZE, by default `quick`. */
export const testSize = (): 'quick' | 'full' => {
  const size = process.env['TEST_SIZE'] ?? 'quick'
  if (size !== 'quick' && size !== 'full') throw new Error(`TEST_SIZE is ${size}; expected quick or full.`)
  return size
}

/**
 * The value for the size of this run, such as a number of orders or a list of cases. `npm test` runs the calling test file
 * in quick size, and `npm run test:full` in full size. The test must be able to fail in both sizes.
 */
export const sized = <Value>(values: { readonly quick: Value; readonly full: Value }): Value => values[testSize()]
