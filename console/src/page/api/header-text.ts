/**
 * Text in a form that a header can carry (RFC 9110, section 5.5; `fetch` allows Latin-1). Other characters become question marks. Empty
 * if nothing remains.
 */
export const headerText = (text: string, maxLength: number): string =>
  text
    .normalize('NFC')
    .replaceAll(/[^ -~\u00a0-\u00ff]/gu, '?')
    .trim()
    .slice(0, maxLength)
