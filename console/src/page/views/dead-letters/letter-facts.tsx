/** The short fields of a dead letter. */
import type { WholeDeadLetter } from '../../api/types.ts'
import { nowMs } from '../../clock.ts'
import { ageOf, timeOf } from '../../format.ts'
import { Fact } from '../../parts/fact.tsx'
import { OrderLink } from '../../parts/order-link.tsx'
import { TraceLink } from '../../parts/trace-link.tsx'

export const LetterFacts = ({ letter }: { readonly letter: WholeDeadLetter }) => (
  <dl class="facts">
    <Fact name="Status">
      {letter.status === 'parked' ? <span class="alarming">waits for a person</span> : letter.status}
    </Fact>
    <Fact name="Order">
      {letter.orderId === null ? <span class="faint">unknown</span> : <OrderLink id={letter.orderId} />}
    </Fact>
    <Fact name="Queue">{letter.queue}</Fact>
    <Fact name="Attempts">
      {letter.attempts}
      {letter.status === 'parked' && letter.reason === 'attempts_exhausted' && (
        <span class="faint">, no further one is allowed</span>
      )}
    </Fact>
    <Fact name="First failed">
      <time dateTime={letter.firstFailedAt}>{timeOf(letter.firstFailedAt)}</time>
    </Fact>
    <Fact name="Became a dead letter">
      <time dateTime={letter.lastFailedAt}>{timeOf(letter.lastFailedAt)}</time>
      <span class="faint"> {ageOf(letter.lastFailedAt, nowMs.value)} ago</span>
    </Fact>
    <Fact name="Place in the code">{letter.place ?? <span class="faint">unknown</span>}</Fact>
    <Fact name="Exchange">{letter.exchange || <span class="faint">unknown</span>}</Fact>
    <Fact name="Message">
      <span class="id">{letter.messageId || 'without an id'}</span>
    </Fact>
    {letter.traceId !== null && (
      <Fact name="Trace">
        <TraceLink traceId={letter.traceId} />
      </Fact>
    )}
  </dl>
)
