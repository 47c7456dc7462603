/** The lines of an error's stack, from the place where it was thrown to the outermost call. Without its message, which may quote a sender. */
export const framesOf = (stack: string, message: string): string[] =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
