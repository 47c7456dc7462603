/** The sentences of a page or of a source file, with code left out. */

/** Replaces code within a sentence. It counts as one word. */
const code = 'CODE'

/** The sentences of a Markdown page. Each paragraph, heading, list item and table cell begins a new one. Code blocks are ignored. */
export const sentencesOfMarkdown = (text: string): string[] =>
  text
    .replaceAll(/^ *```.*?^ *```$/gms, '\n\n')
    .replaceAll(/<!--.*?-->/gs, '\n\n')
    .replaceAll(/`[^`\n]+`/g, code)
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\*\*|(?<=\s)\*(?=\w)|(?<=\w)\*(?=[\s.,:])/g, '')
    .replaceAll(/^#+ (.*)$/gm, '\n$1\n')
    .split(/\n\s*\n|^\s*(?:[-*]|\d+\.) |\s*\|\s*/gm)
    .flatMap(split)

/** The sentences of a TypeScript source: of its comments, and of its strings and templates with three words or more. SQL is ignored. */
export const sentencesOfTypeScript = (text: string): string[] =>
  [...text.matchAll(token)].flatMap(({ groups: { comment, line, string } = {} }) => {
    const text = comment ?? line ?? string ?? ''
    const isProse = string === undefined || (/\w+ \w+ \w+/.test(string) && !sql.test(string))
    return isProse ? split(text.replaceAll(/^\s*\* ?/gm, '').replaceAll(/`[^`\n]+`|\$\{[^}]*\}/g, code)) : []
  })

const sql = /^\s*(?:select|insert into|update|delete from|with) /

const token =
  /\/\*\*?(?<comment>[\s\S]*?)\*\/|(?<!:)\/\/(?<line>.*)$|(?<quote>['"`])(?<string>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/gm

const split = (block: string): string[] =>
  block
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.?!:][)”"]?) (?=[A-Z0-9“"(])/)
    .filter((sentence) => /\w/.test(sentence))

export const wordsIn = (text: string): number => text.match(/[\p{L}\p{N}][\p{L}\p{N}’'.,:/-]*/gu)?.length ?? 0
