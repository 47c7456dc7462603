/** The name of the person at this browser, which services record with what they change. Free text until there are logins. */
import { effect, signal } from '@preact/signals'

const key = 'quadrille.operator'

/** A browser may block the storage. The name is then kept until the page is closed. */
const unlessBlocked = <Value>(use: (storage: Storage) => Value): Value | undefined => {
  try {
    return use(window.localStorage)
  } catch {
    return undefined
  }
}

export const operator = signal(unlessBlocked((storage) => storage.getItem(key)) ?? '')

effect(() => {
  const name = operator.value
  unlessBlocked((storage) => storage.setItem(key, name))
})
