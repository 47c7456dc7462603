import type { DeadLetter, DeadLetterStore } from '@quadrille/messaging'

/** A store that tells of each letter that has become durable in it. One may be told twice where its original comes again. */
export const telling = (store: DeadLetterStore, onParked: (letter: DeadLetter) => void): DeadLetterStore => ({
  add: async (letters) => {
    await store.add(letters)
    for (const letter of letters) onParked(letter)
  },
})
