/** What a Node beside a release runs to ask it: its socket, a path, and the file of its settings are the words given. */
export const ASK = `
const [socketPath, path, settings] = process.argv.slice(1)
const token = /^\\s*(?:export\\s+)?HELIX_METRICS_TOKEN[ \\t]*=[ \\t]*["']?([^"'\\s]+)/m.exec(require('node:fs').readFileSync(settings, 'utf8'))
const headers = token && ['/metrics', '/health/probe'].includes(path) ? { authorization: 'Bearer ' + token[1] } : {}
const request = require('node:http').get({ socketPath, path, headers, timeout: 5000 }, (answer) => {
  let body = ''
  answer.setEncoding('utf8').on('data', (text) => { body += text }).on('end', () => {
    process.stdout.write(JSON.stringify({ status: answer.statusCode, body }))
  })
})
request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
request.on('error', (error) => process.stdout.write(JSON.stringify({ status: 0, body: String(error.message) })))
`
