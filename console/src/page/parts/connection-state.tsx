/** Whether changes appear by themselves. */
import { type Connection, connection } from '../live.ts'

const names: Readonly<Record<Connection['state'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  interrupted: 'Not live',
  lost: 'Console lost',
}

/** A dot and a word. */
export const ConnectionState = () => (
  <p class={`connection ${connection.value.state}`} role="status">
    <span class="dot" aria-hidden="true" />
    {names[connection.value.state]}
  </p>
)

/** The reason, while changes do not appear by themselves. */
export const ConnectionNotice = () => {
  const current = connection.value
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
      return <p class="banner">The console does not answer. The page connects again by itself.</p>
  }
}
