"use strict";
// The page's behavior: shows what the server says changed, completes commands, sends what a user does.
(() => {
  const $ = (id) => document.getElementById(id);
  const place = { team: document.body.dataset.team, as: document.body.dataset.as, in: document.body.dataset.in };
  const command = document.body.dataset.command;
  const bot = document.body.dataset.bot;
  let thread = null;
  let ready = false;
  let completions = [];

  // Talking to the server

  async function post(path, body) {
    const response = await fetch(`/page/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...place, ...body }),
    });
    if (!response.ok) throw new Error(response.status === 410 ? "This message or form no longer exists." : "Something went wrong. Reload the page and try again.");
    return response.json();
  }

  const REASONS = {
    operation_timeout: `${bot} didn't respond within three seconds. Try again.`,
    dispatch_failed: `${bot} couldn't be reached or returned an error. Try again.`,
  };

  function toast(text) {
    $("toast").textContent = text;
    $("toast").hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { $("toast").hidden = true; }, 6000);
  }

  // Showing messages

  function fragment(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  // Returns the messages that are new, edited or have another reply.
  function show(list, messages) {
    const old = new Map([...list.children].map((node) => [node.dataset.id, node]));
    const changed = [];
    let before = list.firstElementChild;
    for (const message of messages) {
      let node = old.get(message.id);
      if (node) old.delete(message.id);
      else {
        node = document.createElement("div");
        node.className = "message";
        node.dataset.id = message.id;
        if (ready) node.classList.add("fresh");
      }
      if (node.dataset.rev !== message.rev) {
        changed.push(message);
        node.replaceChildren(fragment(message.html));
        node.dataset.rev = message.rev;
      }
      if (node === before) before = before.nextElementSibling;
      else list.insertBefore(node, before);
    }
    for (const node of old.values()) node.remove();
    return changed;
  }

  const near = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 160;

  let loading = false;
  let again = false;
  async function refresh() {
    if (loading) { again = true; return; }
    loading = true;
    try {
      const query = new URLSearchParams({ ...place, ...(thread ? { thread } : {}) });
      const response = await fetch(`/page/state?${query}`);
      if (!response.ok) return;
      const state = await response.json();
      const box = $("scroll");
      const follow = !ready || near(box);
      if (state.bot_is_in !== document.body.hasAttribute("data-bot-is-in")) { location.reload(); return; }
      const changed = show($("messages"), state.messages);
      if (changed.some((message) => message.app)) working.done();
      busy.done();
      $("welcome").hidden = state.messages.length > 2;
      if (follow) toEnd(box);
      if (state.thread) {
        const added = show($("thread-messages"), state.thread);
        if (added.length) $("thread-messages").scrollTop = $("thread-messages").scrollHeight;
      }
      if ($("home") && state.home !== null && $("home").dataset.html !== state.home) {
        $("home").dataset.html = state.home;
        $("home").replaceChildren(fragment(state.home));
      }
      showModal(state.modal);
      ready = true;
    } catch { /* the live connection says when there is more */ } finally {
      loading = false;
      if (again) { again = false; refresh(); }
    }
  }

  function toEnd(box) {
    box.scrollTop = box.scrollHeight;
    for (const image of box.querySelectorAll("img")) {
      if (!image.complete) image.addEventListener("load", () => { box.scrollTop = box.scrollHeight; }, { once: true });
    }
  }

  // "Working": from what the user did until the app's answer is there

  const working = {
    start(on) {
      $("working-on").textContent = on;
      $("working").hidden = false;
      toEnd($("scroll"));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.done(), 60000);
    },
    done() { clearTimeout(this.timer); $("working").hidden = true; },
  };
  const busy = {
    nodes: new Set(),
    start(node) { node.setAttribute("aria-busy", "true"); this.nodes.add(node); },
    done() { for (const node of this.nodes) node.removeAttribute("aria-busy"); this.nodes.clear(); },
  };

  // Modals

  function showModal(html) {
    const dialog = $("modal");
    if (html === null) {
      dialog.dataset.html = "";
      if (dialog.open) dialog.close();
      return;
    }
    if (dialog.dataset.html === html) return;
    const entered = dialog.open ? given(dialog) : {};
    const active = dialog.open ? dialog.querySelector("[data-action]:focus")?.dataset.action : null;
    const scrolled = dialog.querySelector(".modal-body")?.scrollTop || 0;
    const same = dialog.querySelector("form")?.dataset.hash;
    dialog.dataset.html = html;
    dialog.replaceChildren(fragment(html));
    // What was typed stays when only an error was added.
    if (same && same === dialog.querySelector("form").dataset.hash) fill(dialog, entered);
    if (!dialog.open) { working.done(); dialog.showModal(); }
    const again = active && [...dialog.querySelectorAll("[data-action]")].find((node) => node.dataset.action === active);
    (dialog.querySelector(".wrong [data-action]") || again || dialog.querySelector(".modal-body [data-action]"))?.focus({ preventScroll: Boolean(again) });
    if (again) dialog.querySelector(".modal-body").scrollTop = scrolled;
  }
  $("modal").addEventListener("cancel", (event) => { event.preventDefault(); post("close", {}).catch((error) => toast(error.message)); });
  $("modal").addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("[type=submit]");
    busy.start(button);
    try { await post("submit", { given: given($("modal")) }); } catch (error) { toast(error.message); }
    busy.done();
  });

  function given(within) {
    const values = {};
    for (const node of within.querySelectorAll("[data-action]")) {
      if (node.matches("button, a")) continue;
      values[node.dataset.action] = valueOf(node);
    }
    return values;
  }

  function valueOf(node) {
    if (node.matches("fieldset")) {
      const chosen = [...node.querySelectorAll("input:checked")].map((one) => one.value);
      return node.dataset.type === "radio_buttons" ? chosen[0] || null : chosen;
    }
    if (node.matches("select[multiple]")) return [...node.selectedOptions].map((one) => one.value);
    if (node.dataset.type === "external_select") return node.dataset.chosen || null;
    if (node.dataset.type === "multi_external_select") return JSON.parse(node.dataset.chosen || "[]");
    return node.value || null;
  }

  function fill(within, values) {
    for (const node of within.querySelectorAll("[data-action]")) {
      const value = values[node.dataset.action];
      if (value === undefined || value === null) continue;
      if (node.matches("fieldset")) for (const one of node.querySelectorAll("input")) one.checked = value === one.value || (Array.isArray(value) && value.includes(one.value));
      else if (node.matches("select[multiple]")) for (const one of node.options) one.selected = value.includes(one.value);
      else if (node.matches("input, textarea, select") && !node.list) node.value = value;
    }
  }

  // Pressing and choosing

  function where(node) {
    if (node.closest("#modal")) return { on: "modal", within: $("modal") };
    if (node.closest("#home")) return { on: "home", within: $("home") };
    const message = node.closest(".message");
    return { on: "message", ts: message.dataset.id, within: message };
  }

  function confirmed(node) {
    if (!node.dataset.confirm) return Promise.resolve(true);
    const words = JSON.parse(node.dataset.confirm);
    const dialog = $("confirm");
    $("confirm-title").textContent = words.title;
    $("confirm-text").textContent = words.text;
    const [no, yes] = dialog.querySelectorAll("button");
    [no.textContent, yes.textContent] = [words.no, words.yes];
    dialog.showModal();
    return new Promise((resolve) => {
      const end = (answer) => () => { dialog.close(); resolve(answer); };
      [no.onclick, yes.onclick, dialog.oncancel] = [end(false), end(true), end(false)];
    });
  }

  async function press(node, value) {
    if (!(await confirmed(node)) || !node.isConnected) return;
    const { within, ...target } = where(node);
    if (node.matches(".btn")) busy.start(node);
    if (target.on === "message" && node.matches("button.btn, .overflow button")) working.start(node.textContent.trim());
    try {
      const ack = await post("press", { ...target, block: node.dataset.block, action: node.dataset.action, value, given: given(within) });
      if (!ack.ok) { working.done(); busy.done(); toast(REASONS[ack.error] || ack.error); }
      else setTimeout(() => busy.done(), 4000);
    } catch (error) { working.done(); busy.done(); toast(error.message); }
  }

  document.addEventListener("click", (event) => {
    const node = event.target.closest("button, a");
    if (!node) return;
    if (node.dataset.fill) { composer.value = node.dataset.fill; composer.focus(); typed(false); }
    else if (node.dataset.drop) dropChip(node);
    else if (node.dataset.thread) openThread(node.dataset.thread);
    else if (node.hasAttribute("data-close")) post("close", {}).catch((error) => toast(error.message));
    else if (node.dataset.action) { closeMenus(); press(node, node.dataset.value || null); }
  });

  // Overflow menus: one at a time, inside the window, with the keys of a menu

  function closeMenus(except = null) {
    for (const menu of document.querySelectorAll("details.overflow[open]")) if (menu !== except) menu.open = false;
  }
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.overflow") || !menu.open) return;
    closeMenus(menu);
    const list = menu.querySelector("div");
    list.classList.remove("up", "to-right");
    const within = (menu.closest(".scroll, .messages, .home, .modal-body") || document.body).getBoundingClientRect();
    list.classList.toggle("to-right", list.getBoundingClientRect().left < within.left);
    list.classList.toggle("up", list.getBoundingClientRect().bottom > within.bottom);
    list.querySelector("button, a")?.focus();
  }, true);
  document.addEventListener("pointerdown", (event) => closeMenus(event.target.closest("details.overflow")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.overflow[open]");
    if (!menu) return;
    const items = [...menu.querySelectorAll("button, a")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape") { event.preventDefault(); menu.open = false; menu.querySelector("summary").focus(); }
    else if (event.key === "Tab") menu.open = false;
    else if (to !== undefined) { event.preventDefault(); items[(to + items.length) % items.length].focus(); }
  });
  document.addEventListener("change", (event) => {
    const node = event.target.closest("[data-action]");
    if (!node || node.matches("button, a") || node.list) return;
    if (node.hasAttribute("data-dispatch") && valueOf(node)) press(node, valueOf(node));
  });
  let asking;
  document.addEventListener("input", (event) => {
    const node = event.target;
    if (!node.list) return;
    const offered = [...node.list.options].find((one) => one.value === node.value);
    if (node.dataset.type === "multi_external_select") { if (offered) addChip(node, offered); }
    else node.dataset.chosen = offered ? offered.dataset.value : "";
    if (offered) { if (node.hasAttribute("data-dispatch")) press(node, valueOf(node)); return; }
    offer(node, 250);
  });
  document.addEventListener("focusin", (event) => { if (event.target.list && event.target.dataset.action) { event.target.select(); offer(event.target, 0); } });
  function offer(node, after) {
    clearTimeout(asking);
    if (node.value.length < Number(node.dataset.least)) return;
    asking = setTimeout(async () => {
      if (!node.isConnected) return;
      const { within, ...target } = where(node);
      const offers = await post("suggest", { ...target, block: node.dataset.block, action: node.dataset.action, typed: node.dataset.type === "external_select" && node.dataset.chosen ? "" : node.value }).catch(() => []);
      node.list.replaceChildren(...offers.map((one) => Object.assign(new Option(one.text, one.text), { title: one.text })));
      offers.forEach((one, index) => { node.list.options[index].dataset.value = one.value; });
    }, after);
  }
  function chosenIn(node) { return JSON.parse(node.dataset.chosen || "[]"); }
  function addChip(node, offered) {
    const chosen = chosenIn(node);
    if (!chosen.includes(offered.dataset.value)) {
      node.dataset.chosen = JSON.stringify([...chosen, offered.dataset.value]);
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: `${offered.value} ✕` });
      chip.dataset.drop = offered.dataset.value;
      node.previousElementSibling.append(chip);
    }
    node.value = "";
  }
  function dropChip(chip) {
    const node = chip.parentElement.nextElementSibling;
    node.dataset.chosen = JSON.stringify(chosenIn(node).filter((one) => one !== chip.dataset.drop));
    chip.remove();
    if (node.hasAttribute("data-dispatch")) press(node, chosenIn(node));
  }

  // Threads, tabs, sidebar

  function openThread(ts) { thread = ts; $("thread").hidden = false; $("thread-messages").replaceChildren(); refresh(); $("thread-composer").focus(); }
  $("thread-close").addEventListener("click", () => { thread = null; $("thread").hidden = true; composer.focus(); });
  function tab(name) {
    const home = name === "home";
    $("tab-home").setAttribute("aria-selected", String(home));
    $("tab-messages").setAttribute("aria-selected", String(!home));
    $("tab-home").tabIndex = home ? 0 : -1;
    $("tab-messages").tabIndex = home ? -1 : 0;
    $("home").hidden = !home;
    $("scroll").hidden = home;
    $("composer-form").hidden = home;
    post("home", { tab: name }).then((ack) => { if (!ack.ok) toast(REASONS[ack.error] || ack.error); }, (error) => toast(error.message));
  }
  if ($("home")) {
    $("tab-home").addEventListener("click", () => tab("home"));
    $("tab-messages").addEventListener("click", () => tab("messages"));
    document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const next = event.target === $("tab-home") ? $("tab-messages") : $("tab-home");
      next.focus();
      next.click();
    });
  }
  function sidebar(open) {
    $("sidebar").classList.toggle("open", open);
    $("shade").hidden = !open;
    $("menu").setAttribute("aria-expanded", String(open));
    if (open) $("sidebar").querySelector("a").focus(); else $("menu").focus();
  }
  $("menu").addEventListener("click", () => sidebar(true));
  $("shade").addEventListener("click", () => sidebar(false));
  $("sidebar").addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("shade").hidden) sidebar(false); });

  // The composer and its completions

  const composer = $("composer");
  const box = $("completions");
  let offered = [];
  let chosen = -1;

  function grow(area) { area.style.height = "auto"; area.style.height = `${area.scrollHeight}px`; }

  function matching(text) {
    const wanted = text.toLowerCase().replace(/^\s+/, "");
    if (!wanted.startsWith("/") || wanted.includes("\n")) return [];
    if (command.startsWith(wanted)) return completions;
    if (!wanted.startsWith(`${command} `)) return [];
    const starts = completions.filter((one) => one.text.toLowerCase().startsWith(wanted) && one.text.toLowerCase() !== wanted);
    const words = wanted.slice(command.length).split(/\s+/).filter(Boolean);
    const holds = completions.filter((one) => !starts.includes(one) && one.text.toLowerCase() !== wanted
      && words.every((word) => one.text.toLowerCase().slice(command.length).includes(word)));
    return [...starts, ...holds];
  }

  function typed(offer = true) {
    grow(composer);
    $("send").disabled = !composer.value.trim();
    $("problem").hidden = true;
    offered = offer ? matching(composer.value).slice(0, 8) : [];
    chosen = -1;
    box.replaceChildren(...offered.map((one, index) => {
      const item = document.createElement("li");
      item.id = `completion-${index}`;
      item.setAttribute("role", "option");
      const text = document.createElement("b");
      text.textContent = one.text;
      const hint = document.createElement("span");
      hint.textContent = one.hint;
      item.append(text, hint);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); accept(index); });
      return item;
    }));
    box.hidden = offered.length === 0;
    composer.setAttribute("aria-expanded", String(!box.hidden));
    mark();
  }

  function mark() {
    [...box.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
    if (chosen >= 0) { composer.setAttribute("aria-activedescendant", `completion-${chosen}`); box.children[chosen].scrollIntoView({ block: "nearest" }); }
    else composer.removeAttribute("aria-activedescendant");
  }

  function accept(index) {
    composer.value = offered[index].text;
    typed(false);
    composer.focus();
  }

  composer.addEventListener("input", () => typed());
  composer.addEventListener("blur", () => { box.hidden = true; composer.setAttribute("aria-expanded", "false"); });
  composer.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !box.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      chosen = (chosen + step + offered.length + (chosen < 0 && step < 0 ? 1 : 0)) % offered.length;
      mark();
    } else if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      accept(Math.max(chosen, 0));
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      typed(false);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (open && chosen >= 0) accept(chosen);
      else send();
    }
  });

  async function send() {
    const text = composer.value.trim();
    if (!text) return;
    composer.value = "";
    typed(false);
    const asks = text.startsWith("/") || place.in === "direct" || text.includes(`@${bot}`);
    if (asks) working.start(text);
    try {
      const ack = await post("send", { text });
      if (!ack.ok || !ack.reached) working.done();
      if (!ack.ok && !text.startsWith("/")) toast(REASONS[ack.error] || ack.error);
    } catch (error) {
      working.done();
      composer.value = text;
      typed(false);
      $("problem").textContent = error.message;
      $("problem").hidden = false;
    }
  }
  $("composer-form").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  $("thread-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const area = $("thread-composer");
    const text = area.value.trim();
    if (!text || !thread) return;
    area.value = "";
    await post("send", { text, thread }).catch((error) => { area.value = text; toast(error.message); });
  });
  $("thread-composer").addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("thread-form").requestSubmit(); } });

  fetch("/page/completions").then((response) => response.json()).then((list) => { completions = list; });
  const live = new EventSource("/page/live");
  live.onmessage = refresh;
  refresh();
  if (matchMedia("(min-width: 721px)").matches) composer.focus();
})();
