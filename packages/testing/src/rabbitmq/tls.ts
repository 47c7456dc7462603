/** A node with TLS in addition (https://www.rabbitmq.com/docs/ssl). */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '../certificates.ts'

const certificateFile = 'server.crt'
const keyFile = 'server.key'

/** Readable for all users, because the node may run as another one. They are temporary. */
export const writeCertificate = async (directory: string, { certificate, key }: Certificate): Promise<void> => {
  await writeFile(join(directory, certificateFile), certificate)
  await writeFile(join(directory, keyFile), key)
}

/** Settings of a node whose certificate is in `directory`. */
export const tlsSettings = (listener: string, directory: string) => ({
  'listeners.ssl.1': listener,
  'ssl_options.certfile': join(directory, certificateFile),
  'ssl_options.keyfile': join(directory, keyFile),
})
