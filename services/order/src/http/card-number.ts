/**
 * Whether a text looks like a payment card number: 13 to 19 digits with the check digit of ISO/IEC 7812-1, annex B
 * (Luhn), and nothing alphabetic. Digits may be of any width and script, and other characters may separate them.
 */
export const isCardNumber = (text: string): boolean => {
  const digits = text
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
  return /^\d{13,19}$/.test(digits) && luhnSum(digits) % 10 === 0
}

/** Unicode has the ten digits of a script one after the other, and sometimes those of another one after them. */
const asciiDigit = (digit: string): string => {
  let zero = digit.codePointAt(0) ?? 0
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return String(((digit.codePointAt(0) ?? 0) - zero) % 10)
}

/** Counted from the right, every second digit is doubled, and replaced by the sum of its digits. */
const luhnSum = (digits: string): number =>
  [...digits]
    .toReversed()
    .map((digit, index) => Number(digit) * (1 + (index % 2)))
    .reduce((sum, product) => sum + (product > 9 ? product - 9 : product), 0)
