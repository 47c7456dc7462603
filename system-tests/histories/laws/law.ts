/** A law that a history violates. */
class LawBroken extends Error {
  override readonly name = 'LawBroken'
}

/** @throws {LawBroken} if it does not hold. */
export function check(holds: boolean, law: string, subject: string): asserts holds {
  if (!holds) throw new LawBroken(`${law} (${subject})`)
}
