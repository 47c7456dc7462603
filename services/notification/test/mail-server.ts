/** A real SMTP server in this process, which refuses what a test wants it to. */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface Letter {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

export interface MailServer extends AsyncDisposable {
  readonly url: string
  readonly letters: readonly Letter[]
  /** How many there were at a time. */
  mostConnections(): number
  /** The replies to the next recipients (RCPT TO) or letters (DATA), in turn; after them all are taken. */
  refuseNext(step: 'recipient' | 'letter', ...codes: number[]): void
}

export const startMailServer = async (options: { authOptional?: boolean } = {}): Promise<MailServer> => {
  const letters: Letter[] = []
  const refusals = { recipient: [] as number[], letter: [] as number[] }
  let mostConnections = 0
  const refusal = (step: keyof typeof refusals): Error | null => {
    const responseCode = refusals[step].shift()
    return responseCode ? Object.assign(new Error('not today'), { responseCode }) : null
  }
  const server = new SMTPServer({
    authOptional: options.authOptional ?? true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 100,
    logger: false,
    onAuth: (_auth, _session, callback) => callback(Object.assign(new Error('wrong password'), { responseCode: 535 })),
    onConnect: (_session, callback) => {
      mostConnections = Math.max(mostConnections, server.connections.size)
      callback()
    },
    onRcptTo: (_address, _session, callback) => callback(refusal('recipient')),
    onData: async (stream, { envelope }, callback) => {
      const raw = await text(stream)
      const refused = refusal('letter')
      if (!refused) {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        letters.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw })
      }
      callback(refused)
    },
  })
  server.on('error', () => undefined) // clients that hang up
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    mostConnections: () => mostConnections,
    refuseNext: (step, ...codes) => void refusals[step].push(...codes),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}
