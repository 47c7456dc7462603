/** Advice for errors of connections, such as the variable to set. */
import { OwnedByAnotherDatabase } from '@quadrille/messaging'

/** Advice by error code of TLS (https://nodejs.org/api/tls.html#x509-certificate-error-codes), or by SQLSTATE. */
const advices: readonly (readonly [RegExp, string])[] = [
  [
    /^(UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN$|DEPTH_ZERO_SELF_SIGNED_CERT$)/,
    'set NODE_EXTRA_CA_CERTS to a file with the certificate of the authority that issued the server’s certificate',
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'use a host in the URL that the server’s certificate covers'],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    'install a certificate that is valid now on the server, and check the clock of this machine',
  ],
  [/^ERR_SSL_WRONG_VERSION_NUMBER$/, 'use a port in the URL on which the server accepts TLS'],
  [
    /^53300$/, // too_many_connections
    'raise the connection limit of the role (alter role … connection limit …), or max_connections of the server',
  ],
  [
    /^(57014|25P04)$/, // query_canceled, transaction_timeout
    'find the statement in the log of Postgres: it took too long, or an operator cancelled it',
  ],
]

/** Undefined if there is no advice for the error. */
export const adviceFor = (error: unknown): string | undefined => {
  if (error instanceof OwnedByAnotherDatabase) return ownerAdvice(error)
  if (error instanceof Error && error.message.includes('startup parameter')) return poolerAdvice
  if (!(error instanceof Error && 'code' in error)) return undefined
  const code = String(error.code)
  if ('syscall' in error && error.syscall === 'open') return fileAdvice
  if (code === '3D000') return databaseAdvice(error.message) // Postgres: invalid_catalog_name
  if (code === '42501' && error.message.includes('pg_control_system')) return grantAdvice // insufficient_privilege
  return advices.find(([codes]) => codes.test(code))?.[1]
}

const fileAdvice = 'make the file readable for this user, or name another one'

const ownerAdvice = ({ isFinal }: OwnedByAnotherDatabase): string =>
  `use another virtual host in AMQP_URL, or stop the instances with the other database${isFinal ? ', and then restart this one' : ''}`

const grantAdvice = 'grant execute on function pg_control_system() to the role of DATABASE_URL'

/** For the refusal of PgBouncer, and for a pooler that drops our settings. */
const poolerAdvice = 'set DATABASE_URL to the address of Postgres itself, or to a pooler that passes startup parameters'

const databaseAdvice = (message: string): string => {
  const [, name = 'NAME'] = /database "(.+)" does not exist/.exec(message) ?? []
  return `create it (createdb ${name}), or set DATABASE_URL to another`
}
