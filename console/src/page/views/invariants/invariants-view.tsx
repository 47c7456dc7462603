/** The invariants of the shop: whether each holds, and the orders that break it. */
import { useState } from 'preact/hooks'
import type { AuditResult, AuditState, RunningAudit } from '../../../audit-state.ts'
import { isAbsent, textOf } from '../../api/client.ts'
import { durationOf, timeOf } from '../../format.ts'
import { settings } from '../../live.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Age } from '../../parts/age.tsx'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useShared } from '../../shared.ts'
import { InvariantItem } from './invariant-item.tsx'
import type { Audit } from './use-audit.ts'
import { headlineOf, isProven } from './verdict.ts'
import { mayWait, WaitingNow } from './waiting-now.tsx'

export const InvariantsView = () => {
  useTitle('Invariants')
  const { body, error, reload, run } = useShared().audit
  if (settings.value.audit === false || isAbsent(error)) return <NotConnected />
  return (
    <>
      <div class="invariants-title">
        <h1>Invariants</h1>
        {body && <RunButton isRunning={body.running !== null} run={run} />}
      </div>
      {error && <Failure what="The invariants" error={error} retry={reload} />}
      {!body && !error && <p class="loading">Loading…</p>}
      {body && <State state={body} isCurrent={!error} />}
    </>
  )
}

const NotConnected = () => (
  <section class="notice">
    <h1>The audit is not connected</h1>
    <p>
      It checks that every order ends, and that money, stock and messages add up. <code>npm start</code> runs it, unless{' '}
      <code>AUDIT</code> is <code>off</code>, and so does Compose. A console of your own shows it if{' '}
      <code>npm run audit -- --serve</code> runs with access to the databases, and <code>AUDIT_URL</code> is set for the
      console.
    </p>
    <p>
      <code>npm run audit</code> prints the same in a terminal.
    </p>
  </section>
)

const RunButton = ({ isRunning, run }: { readonly isRunning: boolean; readonly run: Audit['run'] }) => {
  const [failure, setFailure] = useState('')
  const start = async () => {
    setFailure('')
    await run().catch((error: unknown) => setFailure(textOf(error)))
  }
  return (
    <>
      {failure && <p role="alert">{failure}</p>}
      <ActionButton disabled={isRunning} onClick={() => void start()}>
        Run the audit now
      </ActionButton>
    </>
  )
}

interface StateProps {
  readonly state: AuditState
  /** Whether the last attempt to read it has succeeded. */
  readonly isCurrent: boolean
}

const State = ({ state: { running, result, failure }, isCurrent }: StateProps) => {
  const shared = useShared()
  return (
    <>
      <div class="audit-status">
        {result && <Summary result={result} isQualified={failure !== null || !isCurrent || mayWait(shared)} />}
        {!result && !running && <p>The audit has not run yet.</p>}
        <WaitingNow />
      </div>
      {running && <RunningNow running={running} />}
      {failure && (
        <p class="missing failing" role="alert">
          The audit of {timeOf(failure.at)} has no result. {failure.reason}
        </p>
      )}
      {result && (
        <ul class="invariants panel">
          {result.invariants.map((each) => (
            <InvariantItem key={each.invariant} result={each} />
          ))}
        </ul>
      )}
      <p class="faint">I11 and I12 are claims about the code, which its tests check.</p>
    </>
  )
}

interface SummaryProps {
  readonly result: AuditResult
  /** Whether more must be known before all is well. */
  readonly isQualified: boolean
}

const Summary = ({ result: { ok, invariants, endedAt, tookMs }, isQualified }: SummaryProps) => {
  const tone = !ok ? 'alarming' : isProven(invariants) && !isQualified ? 'holds' : ''
  return (
    <p>
      <strong role="status" class={tone}>
        {headlineOf(invariants)}
      </strong>{' '}
      <span class="faint">
        Checked <Age time={endedAt} /> ago, in {durationOf(tookMs)}.
      </span>
    </p>
  )
}

/** The parts are only known when the first of them has been read. */
const RunningNow = ({ running: { step, done, of } }: { readonly running: RunningAudit }) => (
  <div class="audit-progress">
    <progress aria-label="Progress of the audit" {...(step === 'examining' && of > 0 && { value: done, max: of })} />
    <span class="faint">
      {step === 'examining'
        ? 'The audit reads the databases of all services.'
        : 'The audit examines some or all orders again, because messages may be in transit.'}
    </span>
  </div>
)
