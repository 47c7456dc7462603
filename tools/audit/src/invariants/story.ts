/** Facts that follow from an order's history alone. */
import type { EventRecord } from './event-record.ts'
import { type Expected, expectedOf } from './expected-states.ts'
import { faultsOfStory, missingIn } from './legal-stories.ts'
import { repeatedIn } from './repeated-events.ts'

export interface Story {
  readonly events: readonly EventRecord[]
  /** The states that it leads to. */
  readonly expected: Expected
  /** Violations of the choreography's rules. */
  readonly illegal: readonly string[]
  /** Missing events, which may arrive later from another service. */
  readonly missing: readonly string[]
  /** Events that occur more than once. */
  readonly repeated: readonly string[]
}

/** Analyses a history in the form of `HistoryRecord`. */
export type Stories = (story: string) => Story

/** Each is analysed once: there are few different histories, however many orders. */
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
