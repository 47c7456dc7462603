/** One invariant: its claim, its figures, and the subjects that break it. */
import type { InvariantResult, ListedViolation } from '../../../audit-state.ts'
import { timeOf } from '../../format.ts'
import { Age } from '../../parts/age.tsx'
import { type Verdict, verdictOn } from './verdict.ts'

export const InvariantItem = ({ result }: { readonly result: InvariantResult }) => {
  const { invariant, claim, since, figures, notChecked, violations, violationCount } = result
  const more = violationCount - violations.length
  return (
    <li>
      <State result={result} />
      <div>
        <h2>
          <span class="faint">{invariant}</span> {claim}
        </h2>
        <p class="faint">
          {[
            ...(figures.length > 0 ? [`Checked ${figures.join(', ')}`] : []),
            ...(notChecked === null ? [] : [`Not checked: ${notChecked}`]),
          ].join('. ')}
        </p>
        {violations.length > 0 && (
          <ul class="violations">
            {[...Map.groupBy(violations, ({ subject }) => subject)].map(([subject, alike]) => (
              <Violations key={subject} violations={alike} />
            ))}
            {more > 0 && (
              <li class="faint">and {more.toLocaleString()} more: npm run audit -- --json lists all of them</li>
            )}
          </ul>
        )}
      </div>
      <p class="faint since" title={timeOf(since)}>
        for <Age time={since} />
      </p>
    </li>
  )
}

const tones: Readonly<Record<Verdict, string>> = {
  broken: 'alarming',
  'partly checked': 'faint',
  'nothing to check': 'faint',
  holds: 'holds',
}

const State = ({ result }: { readonly result: InvariantResult }) => {
  const verdict = verdictOn(result)
  return (
    <p class={`status ${tones[verdict]}`}>
      <span class="dot" aria-hidden="true" />
      {verdict}
    </p>
  )
}

const Violations = ({ violations }: { readonly violations: readonly ListedViolation[] }) => {
  const [first] = violations
  if (!first) return null
  return (
    <li>
      {first.orderId === null ? (
        <strong>{first.subject}</strong>
      ) : (
        <a class="id" href={`/orders/${first.orderId}`}>
          {first.orderId}
        </a>
      )}{' '}
      {violations.map(({ detail }) => detail).join('; ')}
    </li>
  )
}
