/** Habits of wording that make a reader stop, and a plain way to write the same. */

export interface Habit {
  /** Matches within one sentence, in which code is replaced by a placeholder. */
  readonly pattern: RegExp
  readonly instead: string
}

const speakers = 'services?|brokers?|queues?|publishers?|consumers?|gateways?|messages?|RabbitMQ|Postgres'
const speaking = 'says?|said|hears?|heard|tells?|told|believes?|thinks?|wants?'

export const habits: readonly Habit[] = [
  { pattern: /\bwhoever\b/i, instead: 'name the role: a client that, an operator who' },
  { pattern: /\b(?:nobody|no one)\b/i, instead: 'negate the verb: it has no consumer, no alert is sent' },
  { pattern: /\b(?:some|any|every)body\b/i, instead: 'name the role: an operator, a client, every service' },
  { pattern: /(?<!\bthere )\b(?:is|are|was|were) none\b/i, instead: 'negate the verb: it is not a failure' },
  {
    pattern: /(?<!\bthere )\b(?:is|are) no (?!longer\b|more than\b)/i,
    instead: 'negate the verb: it is not a failure',
  },
  { pattern: /\b(?:is|are|was|were) told\b/i, instead: 'receives, is notified' },
  { pattern: new RegExp(`\\b(?:${speakers}) (?:${speaking})\\b`), instead: 'publishes, receives, returns, reports' },
  { pattern: /\bbec[oa]mes? of\b/i, instead: 'name the outcome' },
  { pattern: /^What(?:ever)? [^?]*\.$/, instead: 'begin with a noun, not with a clause' },
  { pattern: /^Wh(?:o|oever) [^?]*\.$/, instead: 'begin with a noun, not with a clause' },
  { pattern: /\bwhat of\b/i, instead: 'name the part' },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\bin vain\b/i, instead: 'fails, without success' },
  { pattern: /\bfor ?ever\b/i, instead: 'indefinitely, permanently' },
  { pattern: /\bfor good\b/i, instead: 'finally, permanently' },
  { pattern: /\ball the same\b/i, instead: 'nevertheless, still' },
  { pattern: /(?<!, )\bso (?:many|much|few)\b(?!.* that\b)/, instead: 'this many, this much' },
  { pattern: /\bfor so long\b(?!.* that\b)/i, instead: 'how long, for this long' },
  { pattern: /\bas ever\b/i, instead: 'as usual' },
  { pattern: /\buntold\b/i, instead: 'not notified' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: 'fix, repair' },
  { pattern: /\b(?:our|its|their) books\b/i, instead: 'records, the name of the table' },
  { pattern: /(?<!dead[ -]|capital )\bletters?\b(?![ -]?(?:or|and) digit|, digit|[_.([]| =)/i, instead: 'dead letter' },
]
