/** Finds places that list all services: a new service would have to be added there by hand. */

const opening = '([{'
const closing = ')]}'

/**
 * The lines at which a list of all these names begins: an array, a union, arguments, the keys of an object or a type, adjacent
 * words, or the imports of a module that imports them all. Names in different expressions are not a list.
 */
export const linesOfLists = (text: string, names: readonly string[]): number[] => {
  const name = `(${names.join('|')})`
  const element = new RegExp(`(?:^|[,|;\\n])\\s*(?:readonly\\s+)?(['"]?)${name}\\1\\??\\s*(?=$|[,:|;\\n])`, 'g')
  const row = new RegExp(`${name}\\b(?:['",|\\s]+${name}\\b){${names.length - 1}}`, 'g')
  const isWhole = (found: string) => names.every((each) => new RegExp(`\\b${each}\\b`).test(found))
  const starts = [...text.matchAll(row)].filter(([found]) => isWhole(found)).map(({ index }) => index)
  for (const { from, own } of bracketed(text)) {
    const elements = new Set([...own.matchAll(element)].map(([, , found]) => found))
    if (elements.size === names.length) starts.push(from)
  }
  const imports = [...text.matchAll(new RegExp(` from '(?:[^']*/)?${name}'`, 'g'))]
  if (new Set(imports.map(([, module]) => module)).size === names.length)
    starts.push(...imports.slice(0, 1).map(({ index }) => index))
  const lines = starts.map((start) => text.slice(0, start).split('\n').length)
  return [...new Set(lines)].toSorted((one, other) => one - other)
}

interface Bracketed {
  readonly from: number
  /** The text between the brackets, without nested brackets and their text. */
  own: string
}

const bracketed = (text: string): Bracketed[] => {
  const open: Bracketed[] = []
  const all: Bracketed[] = []
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (opening.includes(character)) {
      const found = { from: index, own: '' }
      open.push(found)
      all.push(found)
    } else if (closing.includes(character)) open.pop()
    else for (const innermost of open.slice(-1)) innermost.own += character
  }
  return all
}
