/**
 * Text in a form that a header can carry: percent-encoded UTF-8, which services decode. `fetch` allows only Latin-1, and other clients
 * only ASCII (RFC 9110, section 5.5). Empty if the text is blank.
 */
export const headerText = (text: string, maxLength: number): string =>
  encodeURIComponent(text.normalize('NFC').trim().slice(0, maxLength).toWellFormed())
