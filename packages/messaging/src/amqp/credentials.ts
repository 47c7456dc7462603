/** The user and the password in the URL of a broker. */
import { credentials } from 'amqplib'

/** amqplib itself would decode each byte as a character. A URL with neither has the default of RabbitMQ. */
export const credentialsOf = (url: string) => {
  const { username, password } = new URL(url)
  const isDefault = username === '' && password === ''
  return isDefault ? credentials.plain('guest', 'guest') : credentials.plain(decoded(username), decoded(password))
}

/** Escapes in a row that are not UTF-8 stay, because a password may be written as it is. */
const decoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded
    }
  })
