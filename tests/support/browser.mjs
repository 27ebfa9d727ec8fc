// Headless Chromium over its debugging pipe, which needs no port and no WebSocket. One page at a time.
//     const browser = await Browser.start();   await browser.open('file:///…');   await browser.run('1 + 1');   browser.close();
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-quic', '--disable-gpu', '--disable-background-networking',
	'--disable-component-update', '--disable-dev-shm-usage', '--disable-extensions', '--no-first-run', '--remote-debugging-pipe'];

export class Browser {
	static async start() {
		const b = new Browser();
		b.profile = mkdtempSync(join(tmpdir(), 'browser-'));
		b.child = spawn('chromium', [...FLAGS, `--user-data-dir=${b.profile}`], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
		b.waiting = new Map();
		b.heard = [];                    // events, as they come
		b.next = 0;
		let text = '';
		b.child.stdio[4].setEncoding('utf8').on('data', (piece) => {
			const all = (text + piece).split('\0');
			text = all.pop();
			all.forEach((one) => b.hear(JSON.parse(one)));
		});
		const ended = (why) => b.waiting.forEach(({ reject }) => reject(new Error(`chromium: ${why}`)));
		b.child.on('error', (e) => ended(e.message)).on('exit', (status) => ended(`ended with status ${status}`));
		const { targetId } = await b.ask('Target.createTarget', { url: 'about:blank' });
		b.session = (await b.ask('Target.attachToTarget', { targetId, flatten: true })).sessionId;
		for (const domain of ['Page', 'Runtime', 'Network', 'Log'])
			await b.ask(`${domain}.enable`);
		return b;
	}

	hear({ id, method, params, result, error }) {
		if (id === undefined) {
			this.heard.push({ method, params });
			this.onEvent?.(method);
			return;
		}
		const { resolve, reject } = this.waiting.get(id);
		this.waiting.delete(id);
		if (error)
			reject(new Error(error.message));
		else
			resolve(result);
	}

	ask(method, params = {}) {
		const id = ++this.next;
		this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
		return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
	}

	// Until its load event; what is heard of before is forgotten.
	async open(url) {
		this.heard = [];
		const loaded = new Promise((resolve) => { this.onEvent = (method) => method === 'Page.loadEventFired' && resolve(); });
		await this.ask('Page.navigate', { url });
		await loaded;
	}

	async run(expression) {
		const { result, exceptionDetails } = await this.ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	}

	// What the page asked the network for, beside itself.
	fetched() {
		return this.heard.filter((e) => e.method === 'Network.requestWillBeSent' && e.params.type !== 'Document').map((e) => e.params.request.url);
	}

	// What a program said on the console, or did wrong.
	complaints() {
		return this.heard.filter((e) => e.method === 'Log.entryAdded').map((e) => e.params.entry.text);
	}

	async pdf() {
		return Buffer.from((await this.ask('Page.printToPDF', { preferCSSPageSize: true })).data, 'base64');
	}

	async close() {
		const ended = new Promise((resolve) => this.child.on('exit', resolve));
		this.ask('Browser.close').catch(() => {});
		await ended;
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 });
	}
}
