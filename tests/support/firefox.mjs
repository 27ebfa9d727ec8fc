// Headless Firefox by WebDriver BiDi, with what browser.mjs has of Chromium and page.mjs needs of both.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WebSocket = createRequire(new URL('../../contracts/package.json', import.meta.url))('ws');

export class Firefox {
	static async start() {
		const b = new Firefox();
		b.profile = mkdtempSync(join(tmpdir(), 'browser-'));
		b.child = spawn('firefox-esr', ['--headless', '--no-remote', '--profile', b.profile, '--remote-debugging-port', '0', 'about:blank'],
			{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: b.profile } });
		b.waiting = new Map();
		b.heard = [];                    // events, as they come
		b.next = 0;
		const ended = (why) => b.waiting.forEach(({ reject }) => reject(new Error(`firefox: ${why}`)));
		const address = await new Promise((resolve, reject) => {
			let said = '';
			b.child.stderr.setEncoding('utf8').on('data', (piece) => {
				said += piece;
				const found = /listening on (ws:\S+)\s/.exec(said);
				if (found) resolve(found[1]);
			});
			b.child.on('error', reject).on('exit', (status) => { reject(new Error(`firefox ended with status ${status}: ${said}`)); ended('ended'); });
		});
		b.socket = new WebSocket(`${address}/session`, { perMessageDeflate: false, maxPayload: 1 << 28 });
		b.socket.on('message', (data) => b.hear(JSON.parse(data)));
		await new Promise((resolve, reject) => b.socket.on('open', resolve).on('error', reject));
		await b.ask('session.new', { capabilities: {} });
		await b.ask('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'] });
		b.context = (await b.ask('browsingContext.getTree')).contexts[0].context;
		return b;
	}

	hear({ id, type, method, params, result, message }) {
		if (type === 'event') {
			this.heard.push({ method, params });
			return;
		}
		const { resolve, reject } = this.waiting.get(id);
		this.waiting.delete(id);
		if (type === 'error')
			reject(new Error(message));
		else
			resolve(result);
	}

	ask(method, params = {}) {
		const id = ++this.next;
		this.socket.send(JSON.stringify({ id, method, params }));
		return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
	}

	// Until its load event; what is heard of before is forgotten.
	async open(url) {
		this.heard = [];
		await this.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
	}

	async run(expression) {
		const said = await this.ask('script.evaluate', { expression: `(async () => JSON.stringify(await (${expression})))()`,
			target: { context: this.context }, awaitPromise: true });
		if (said.type !== 'success')
			throw new Error(said.exceptionDetails.text);
		return said.result.type === 'string' ? JSON.parse(said.result.value) : undefined;
	}

	// What the page asked the network for, beside itself.
	fetched() {
		return this.heard.filter((e) => e.method === 'network.beforeRequestSent' && e.params.navigation === null).map((e) => e.params.request.url);
	}

	// What a program said on the console, or did wrong.
	complaints() {
		return this.heard.filter((e) => e.method === 'log.entryAdded').map((e) => e.params.text);
	}

	async close() {
		const ended = new Promise((resolve) => this.child.on('exit', resolve));
		this.ask('browser.close').catch(() => {});
		await ended;
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 });
	}
}
