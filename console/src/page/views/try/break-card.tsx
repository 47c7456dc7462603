/** Something to break: asks first, shows while it is broken, and repairs it. */
import { useState } from 'preact/hooks'
import type { BrokenPart, DemoAction, DemoOutcome, DemoView } from '../../../demo.ts'
import { act } from '../../demo.ts'
import { ActionDialog } from '../../parts/action-dialog.tsx'
import { Card } from './card.tsx'
import { LookAtLink, OutcomeLine } from './outcome-line.tsx'
import { RepairButton } from './repair-button.tsx'

interface BreakCardProps {
  readonly action: DemoAction
  readonly view: DemoView
}

export const BreakCard = ({ action, view }: BreakCardProps) => {
  const broken = view.broken.find(({ repair }) => repair === action.repairedBy)
  return (
    <Card action={action} isBroken={broken !== undefined}>
      {broken ? <Repair broken={broken} view={view} /> : <Break action={action} />}
    </Card>
  )
}

const Break = ({ action: { id, title, effect, available, repairedBy } }: { readonly action: DemoAction }) => {
  const [outcome, setOutcome] = useState<DemoOutcome>()
  return (
    <>
      <ActionDialog
        label={`${title}…`}
        title={`${title}?`}
        confirm={title}
        dangerous
        disabled={!available}
        asksName={false}
        act={async () => setOutcome(await act(id))}
      >
        <p>{effect}</p>
        {repairedBy !== null && <p class="faint">Every page shows a button that repairs it.</p>}
      </ActionDialog>
      {outcome && repairedBy === null && <OutcomeLine state={{ kind: 'done', outcome }} />}
    </>
  )
}

const Repair = ({ broken, view }: { readonly broken: BrokenPart; readonly view: DemoView }) => (
  <>
    <RepairButton broken={broken} view={view} />
    <p class="outcome-line">
      {broken.text} <LookAtLink lookAt={broken.lookAt} />
    </p>
  </>
)
