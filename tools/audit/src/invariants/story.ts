/** What follows from an order's history alone. */
import type { EventRecord } from './event-record.ts'
import { type Expected, expectedOf } from './expected-states.ts'
import { faultsOfStory, missingIn } from './legal-stories.ts'
import { repeatedIn } from './repeated-events.ts'

export interface Story {
  readonly events: readonly EventRecord[]
  /** The states that it leads to. */
  readonly expected: Expected
  /** Where it breaks the rules of the choreography. */
  readonly illegal: readonly string[]
  /** What it leaves out: it may come later, as it is another service's. */
  readonly missing: readonly string[]
  /** What was said more than once. */
  readonly repeated: readonly string[]
}

/** Tells what follows from a history, given as `HistoryRecord` has it. */
export type Stories = (story: string) => Story

/** Each is worked out once: histories are few, whatever the number of orders. */
export const rememberStories = (): Stories => {
  const known = new Map<string, Story>()
  return (text) => {
    const story = known.get(text) ?? storyOf(text)
    known.set(text, story)
    return story
  }
}

const storyOf = (text: string): Story => {
  const events = text === '' ? [] : text.split(',').map(eventOf)
  return {
    events,
    expected: expectedOf(events),
    illegal: faultsOfStory(events),
    missing: missingIn(events),
    repeated: repeatedIn(events),
  }
}

const eventOf = (text: string): EventRecord => {
  const [type = '', about = ''] = text.split(' ')
  return { type, about }
}
