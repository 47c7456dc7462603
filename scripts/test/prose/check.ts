/** Finds sentences that are hard to read. */
import { habits } from './habits.ts'
import { wordsIn } from './sentences.ts'

/** The maximum number of words in a sentence. */
const longestSentence = 35

export interface Limits {
  /** Whether longer sentences are reported. */
  readonly boundsLength: boolean
}

/** One line for each finding: the sentence, and what to write instead. */
export const findingsIn = (sentences: readonly string[], { boundsLength }: Limits): string[] =>
  sentences.flatMap((sentence) => {
    const words = wordsIn(sentence)
    const long = boundsLength && words > longestSentence ? [`${words} words: ${sentence}`] : []
    const odd = habits.flatMap(({ pattern, instead }) => {
      const [found] = pattern.exec(sentence) ?? []
      return found === undefined ? [] : [`“${found}” (${instead}): ${sentence}`]
    })
    return [...long, ...odd]
  })
