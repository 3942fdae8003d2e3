/** Browsers of 2024: `light-dark()`, `<dialog>`, CSS nesting and popovers as they are. */
export const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari17.5']
