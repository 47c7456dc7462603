/** The actions on some dead letters: a dry run, and after it a replay; or to discard them. */
import type { DeadLetter } from '../../api/types.ts'
import { shortId, timeOf } from '../../format.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import type { DryRun } from './dry-run.ts'
import { sentences, TrialResult } from './trial.tsx'
import { mayHelp, summaryOf, triedAlone } from './trial-summary.ts'
import { type Repairing, useRepair } from './use-repair.ts'

interface RepairProps {
  readonly service: string
  /** Parked ones. While a dialog asks about one, another operator may settle it. */
  readonly letters: readonly DeadLetter[]
  /** Whether others can be selected. Default: false. */
  readonly areMore?: boolean
  readonly onReplayed: (letter: DeadLetter) => void
  readonly onDiscarded?: (letter: DeadLetter) => void
  readonly onChange: () => void
}

export const Repair = (props: RepairProps) => {
  const { service, letters, areMore = false, onReplayed, onDiscarded = () => undefined, onChange } = props
  const repair = useRepair({ service, letters, onReplayed, onDiscarded })
  const { tried, progress, failures, dryRun, replay, discard, stop } = repair
  const isBusy = progress !== undefined
  const settled = letters.find(({ status }) => status !== 'parked')
  const obstacle = settled && `It was ${settled.status} meanwhile.`
  const startReplay = async (fields: FormData) => {
    const note = String(fields.get('note') ?? '').trim()
    void replay({ perSecond: Number(fields.get('perSecond') ?? 1), note }).then(onChange) // the page shows the progress
  }
  const startDiscard = async (fields: FormData) => {
    void discard(String(fields.get('reason')).trim()).then(onChange)
  }
  return (
    <div class="repair">
      <div class="actions">
        <ActionButton primary={!tried} disabled={isBusy || letters.length === 0} onClick={() => void dryRun()}>
          Dry run
        </ActionButton>
        <ActionDialog
          label="Replay…"
          title={`Replay ${counted(letters)}?`}
          confirm="Replay"
          primary={tried !== undefined && mayHelp(tried.results.map(({ trial }) => trial))}
          disabled={isBusy}
          obstacle={obstacle ?? (tried ? undefined : untried)}
          act={startReplay}
        >
          {tried && <ReplayQuestion tried={tried} />}
        </ActionDialog>
        <ActionDialog
          label="Discard…"
          title={`Discard ${counted(letters)}?`}
          confirm="Discard"
          dangerous
          disabled={isBusy}
          obstacle={letters.length === 0 ? 'No selected dead letter is left.' : obstacle}
          act={startDiscard}
        >
          <DiscardQuestion />
        </ActionDialog>
        {progress && <ActionButton onClick={stop}>Stop the {progress.doing}</ActionButton>}
      </div>
      <p role="status" class="faint">
        {progress
          ? `The ${progress.doing} has done ${progress.done} of ${progress.of}.`
          : hintOf({ count: letters.length, areMore, ...repair })}
      </p>
      {progress && (
        <progress max={progress.of} value={progress.done} aria-label={`Progress of the ${progress.doing}`} />
      )}
      {failures.map((failure) => (
        <p key={failure} class="alarming" role="alert">
          {failure}
        </p>
      ))}
      {tried && <Trials tried={tried} />}
    </div>
  )
}

const untried = 'The dead letters have changed since the dry run, so it needs another dry run.'

interface Hint extends Pick<Repairing, 'tried' | 'ended'> {
  /** Of the dead letters. */
  readonly count: number
  readonly areMore: boolean
}

/** While nothing is in progress. The end of a replay or a discard is announced also when its dead letters have gone. */
const hintOf = ({ count, areMore, tried, ended }: Hint): string => {
  if (ended && (tried || ended.doing !== 'dry run'))
    return `The ${ended.doing} has ended: ${ended.done} of ${ended.of} done.`
  if (count === 0) return areMore ? 'Select at least one dead letter to try, replay or discard it.' : ''
  return 'A dry run shows what a replay would do. Then the replay is enabled.'
}

const counted = (letters: readonly DeadLetter[]): string => {
  const [first] = letters
  return letters.length === 1 && first ? `${first.type} ${shortId(first.id)}` : `${letters.length} dead letters`
}

const ReplayQuestion = ({ tried: { results, endedAt } }: { readonly tried: DryRun }) => (
  <>
    <p>
      Dry run at {timeOf(endedAt)}:{' '}
      {results[0] && results.length === 1
        ? sentences[results[0].trial.outcome]
        : summaryOf(results.map(({ trial }) => trial))}
      {results.length > 1 && ` ${triedAlone}`}
    </p>
    <p>
      {results.length > 1 ? 'Each' : 'It'} is sent again, unchanged, to the queue in which it failed, with a new count
      of attempts. A replay is safe even if the message has had its effect before: an event is recognised by its id, and
      money does not move twice. Only an email may be sent again, if it is unknown whether it was sent.
    </p>
    <label>
      The reason, for the record (optional)
      <input name="note" maxLength={1_000} autocomplete="off" />
    </label>
    {results.length > 1 && (
      <label>
        Messages per second
        <input name="perSecond" type="number" min="1" max="50" value="10" required />
      </label>
    )}
  </>
)

const DiscardQuestion = () => (
  <>
    <p>The message is given up: it has no effect any more, and can’t be replayed later. This can’t be undone.</p>
    <label>
      The reason, for the record
      <input name="reason" required pattern=".*\S.*" maxLength={1_000} autocomplete="off" />
    </label>
  </>
)

const Trials = ({ tried: { results, endedAt } }: { readonly tried: DryRun }) => {
  const [first] = results
  return (
    <section class="panel" aria-labelledby="dry-run">
      <h2 id="dry-run">Dry run at {timeOf(endedAt)}</h2>
      {results.length === 1 && first ? (
        <TrialResult trial={first.trial} />
      ) : (
        <>
          <p>
            <strong>{summaryOf(results.map(({ trial }) => trial))}</strong> {triedAlone}
          </p>
          {results.map(({ letter, trial }) => (
            <details key={letter.id}>
              <summary>
                {letter.type} <span class="id">{shortId(letter.id)}</span>: {sentences[trial.outcome]}
              </summary>
              <TrialResult trial={trial} saysOutcome={false} />
            </details>
          ))}
        </>
      )}
    </section>
  )
}
