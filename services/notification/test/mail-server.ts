/** A real SMTP server in this process, which refuses commands at a test's request. */
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface Email {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

export interface MailServer extends AsyncDisposable {
  readonly url: string
  readonly emails: readonly Email[]
  /** The largest number of concurrent connections. */
  mostConnections(): number
  /**
   * The replies to the next senders (MAIL FROM), recipients (RCPT TO) or contents (DATA), in turn. Later ones are
   * accepted.
   */
  refuseNext(step: 'sender' | 'recipient' | 'content', ...replies: (number | `${number} ${string}`)[]): void
  /** From now on the server closes the connection instead of its reply to an email that it has accepted. */
  loseConfirmations(): void
  /** The subjects of emails that get the reply 451. */
  readonly deferred: Set<string>
}

export interface MailServerOptions {
  readonly authOptional?: boolean
  /** Instead of its reply to an email that it has accepted, the server sends nothing, or closes the connection. */
  readonly unconfirmed?: 'silent' | 'closed'
}

export const startMailServer = async (options: MailServerOptions = {}): Promise<MailServer> => {
  const emails: Email[] = []
  const refusals = { sender: [] as string[], recipient: [] as string[], content: [] as string[] }
  const deferred = new Set<string>()
  let { unconfirmed } = options
  let mostConnections = 0
  const isDeferred = (raw: string): boolean => deferred.has(/^Subject: (.*)$/m.exec(raw)?.[1] ?? '')
  const refusal = (step: keyof typeof refusals, raw = ''): Error | null => {
    const reply = isDeferred(raw) ? '451' : refusals[step].shift()
    const [, code, text = ''] = /^(\d+) ?(.*)$/.exec(reply ?? '') ?? []
    return code ? Object.assign(new Error(text || 'not today'), { responseCode: Number(code) }) : null
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
    onMailFrom: (_address, _session, callback) => callback(refusal('sender')),
    onRcptTo: (_address, _session, callback) => callback(refusal('recipient')),
    onData: async (stream, { envelope }, callback) => {
      const raw = await text(stream)
      const refused = refusal('content', raw)
      if (!refused) {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        emails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw })
      }
      if (!unconfirmed) return callback(refused)
      if (unconfirmed === 'closed') for (const connection of server.connections) connection.close()
    },
  })
  server.on('error', () => undefined) // clients that disconnect
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    emails,
    deferred,
    mostConnections: () => mostConnections,
    loseConfirmations: () => {
      unconfirmed = 'closed'
    },
    refuseNext: (step, ...replies) => void refusals[step].push(...replies.map(String)),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}
