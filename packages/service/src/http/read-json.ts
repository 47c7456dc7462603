/** Parses JSON text (RFC 8259) strictly: it must be UTF-8, and the names in an object must be unique. */

/** The value, or the reason why it can't be read. */
export type ReadJson = { readonly value: unknown } | { readonly fault: string }

const utf8 = new TextDecoder('utf-8', { fatal: true })

export const readJson = (bytes: Uint8Array): ReadJson => {
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    const duplicate = duplicateName(text)
    return duplicate === undefined ? { value } : { fault: `The body has the field ${duplicate} twice in one object.` }
  } catch (error) {
    return { fault: error instanceof SyntaxError ? 'The body could not be read as JSON.' : 'The body is not in UTF-8.' }
  }
}

const [quote, backslash] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)]

/**
 * Finds a name that is used twice in one object of a valid JSON text. JSON.parse takes the last value and other parsers
 * the first, so a filter in front of this service could see another value. Not recursive, and linear in the length.
 */
const duplicateName = (text: string): string | undefined => {
  const open: (Set<string> | undefined)[] = [] // the names of each open object and array, once there are any
  let string = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      string = text.slice(at, end + 1)
      at = end
    } else if (char === '{' || char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === ':' && !addName(open, nameOf(string))) return nameOf(string)
  }
  return undefined
}

/** False if the innermost object has the name already. */
const addName = (open: (Set<string> | undefined)[], name: string): boolean => {
  const names = open.pop() ?? new Set<string>()
  open.push(names)
  return names.size < names.add(name).size
}

/** Without unnecessary escapes, so that two spellings of a name are equal. */
const nameOf = (string: string): string => (string.includes('\\') ? JSON.stringify(JSON.parse(string)) : string)

/** The index of the closing quote of the string that begins at `start`. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1
  for (let char = text.charCodeAt(at); char !== quote; char = text.charCodeAt(at)) at += char === backslash ? 2 : 1
  return at
}
