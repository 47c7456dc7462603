import { describe, expect, it } from 'vitest'
import { isCardNumber } from '../src/http/card-number.ts'

describe('a card number', () => {
  it.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    ' 4242–4242 4242\u00a04242 ',
    '4242.4242.4242.4242',
    '4242_4242/4242\\4242',
    '４２４２４２４２４２４２４２４２',
    '٤٢٤٢ ۴۲۴۲ ४२४२ 4242',
    '\u{116de}\u{116dc}'.repeat(8),
    '4242\u200b4242\u00ad4242\ufeff4242',
    '4222222222222',
    '378282246310005',
    '6304000000000000000',
  ])('is detected in %j', (text) => expect(isCardNumber(text)).toBe(true))

  it.each([
    ['pm_card_visa'],
    ['4242424242424241'],
    ['424242424242'],
    ['42424242424242424242'],
    ['pm_4242424242424242'],
    [''],
  ])('is not detected in %j', (text) => expect(isCardNumber(text)).toBe(false))
})
