/** The name of the person at this browser, which services record with what they change. Free text until there are logins. */
import { effect, signal } from '@preact/signals'

const key = 'quadrille.operator'

export const operator = signal(window.localStorage.getItem(key) ?? '')

effect(() => window.localStorage.setItem(key, operator.value))
