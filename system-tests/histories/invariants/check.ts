/** A history violates an invariant. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/** @throws {InvariantViolation} if the invariant does not hold. */
export function check(holds: boolean, invariant: string, subject: string): asserts holds {
  if (!holds) throw new InvariantViolation(`${invariant} (${subject})`)
}
