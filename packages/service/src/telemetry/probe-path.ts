/** True for the paths of health and metrics, which are polled. */
export const isProbePath = (path: string): boolean => /^\/(metrics|health\/[a-z]+)$/.test(path)
