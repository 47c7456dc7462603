/**
 * Whether a text looks like the number of a payment card: 13 to 19 digits with the check digit of ISO/IEC 7812-1, annex B
 * (Luhn), and no letters. Digits may be of any width, and anything else may stand between them.
 */
export const isCardNumber = (text: string): boolean => {
  const digits = text.normalize('NFKC').replaceAll(/[^\p{L}\p{N}]/gu, '')
  return /^\d{13,19}$/.test(digits) && luhnSum(digits) % 10 === 0
}

/** From the right, every second digit counts twice, by the sum of its own digits. */
const luhnSum = (digits: string): number =>
  [...digits]
    .toReversed()
    .map((digit, index) => Number(digit) * (1 + (index % 2)))
    .reduce((sum, product) => sum + (product > 9 ? product - 9 : product), 0)
