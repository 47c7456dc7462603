/** Colours of the terminal. */
import { styleText } from 'node:util'

export type Colour = 'dim' | 'bold' | 'green' | 'yellow' | 'red'

export type Style = (colour: Colour, text: string) => string

export const plain: Style = (_, text) => text

export const coloured: Style = (colour, text) => styleText(colour, text, { validateStream: false })

/** Text of strangers, on one line and without escape sequences: a terminal would obey them. */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** "14:03:07.512", in the time zone of this machine. */
export const clockTimeOf = (time: Date): string => {
  const two = (part: number) => String(part).padStart(2, '0')
  const ms = String(time.getMilliseconds()).padStart(3, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`
}
