/** A law that a history broke. */
class LawBroken extends Error {
  override readonly name = 'LawBroken'
}

/** @throws {LawBroken} where it doesn't hold. */
export function check(holds: boolean, law: string, subject: string): asserts holds {
  if (!holds) throw new LawBroken(`${law} (${subject})`)
}
