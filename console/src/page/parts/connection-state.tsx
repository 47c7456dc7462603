/** Whether changes appear by themselves. */
import { type Connection, connection, isOutdated } from '../live.ts'
import { isPaused } from '../paused.ts'

type State = Connection['state'] | 'paused'

const names: Readonly<Record<State, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  paused: 'Paused',
  interrupted: 'Not live',
  lost: 'Console lost',
}

/** A dot and a word. */
export const ConnectionState = () => {
  const { state: connected } = connection.value
  const state: State = connected === 'live' && isPaused.value ? 'paused' : connected
  return (
    <p class={`connection ${state}`} role="status">
      <span class="dot" aria-hidden="true" />
      {names[state]}
    </p>
  )
}

/** The reason, while changes may not appear by themselves. Screen readers announce only what appears in an element that was there. */
export const ConnectionNotice = () => (
  <div role="status">
    <Notice />
  </div>
)

const Notice = () => {
  const current = connection.value
  if (isOutdated.value) return <p class="banner">The console has another version of this page now. Reload it.</p>
  switch (current.state) {
    case 'live':
    case 'connecting':
      return null
    case 'interrupted':
      return (
        <p class="banner">
          The order service sends no events to the console: {current.reason}. The page reads again every 5 s.
        </p>
      )
    case 'lost':
      return <p class="banner">The console sends no events. The page connects again by itself.</p>
  }
}
