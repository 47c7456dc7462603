/** Whether the page is up to date by itself. */
import { type Connection, connection } from '../live.ts'

const texts: Readonly<Record<Connection['state'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  interrupted: 'Not live',
  lost: 'Console lost',
}

export const ConnectionState = () => {
  const { state } = connection.value
  return (
    <p class={`connection ${state}`} role="status" title={detailOf(connection.value)}>
      <span class="dot" aria-hidden="true" />
      {texts[state]}
    </p>
  )
}

const detailOf = (current: Connection): string => {
  switch (current.state) {
    case 'live':
      return 'Changes appear by themselves.'
    case 'connecting':
      return 'Connecting to the stream of events.'
    case 'interrupted':
      return `The order service sends no events: ${current.reason}. The console tries again.`
    case 'lost':
      return 'The console does not answer. The page connects again.'
  }
}
