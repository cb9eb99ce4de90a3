// What a Mini App and Telegram's web client say to each other: JSON {eventType, eventData} by postMessage. Names and
// answers are those of Telegram's own client (https://core.telegram.org/api/web-events).

const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 };

/** Talks to the app in `frame`. `sheet` does what the app asks for; returns what sends it an event, and an end. */
export function connect(frame, sheet) {
  const send = (eventType, eventData) => {
    frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  };
  const viewport = () => {
    const { width, height } = frame.getBoundingClientRect();
    send("viewport_changed", { width, height, is_expanded: true, is_state_stable: true });
  };
  const theme = () => send("theme_changed", { theme_params: sheet.theme() });
  const heard = {
    web_app_ready: () => sheet.ready(),
    web_app_expand: viewport,
    web_app_close: () => sheet.close(),
    web_app_request_viewport: viewport,
    web_app_request_theme: theme,
    web_app_request_safe_area: () => send("safe_area_changed", NO_INSETS),
    web_app_request_content_safe_area: () => send("content_safe_area_changed", NO_INSETS),
    web_app_request_fullscreen: () => send("fullscreen_failed", { error: "UNSUPPORTED" }),
    web_app_setup_main_button: (wanted) => sheet.button("main", wanted),
    web_app_setup_secondary_button: (wanted) => sheet.button("secondary", wanted),
    web_app_setup_back_button: (wanted) => sheet.button("back", wanted),
    web_app_setup_settings_button: (wanted) => sheet.button("settings", wanted),
    web_app_setup_closing_behavior: (wanted) => sheet.confirmClosing(wanted.need_confirmation === true),
    web_app_set_header_color: ({ color, color_key }) => sheet.headed(color, color_key),
    web_app_set_background_color: ({ color }) => sheet.colour("background", color),
    web_app_set_bottom_bar_color: ({ color }) => sheet.colour("bottom", color),
    web_app_open_popup: (wanted) => sheet.popup(wanted, (id) => send("popup_closed", id === null ? {} : { button_id: id })),
    web_app_open_link: ({ url }) => sheet.link(String(url)),
    web_app_open_tg_link: ({ path_full }) => sheet.telegramLink(`https://t.me${path_full}`),
    web_app_trigger_haptic_feedback: (wanted) => sheet.haptic(wanted),
    web_app_read_text_from_clipboard: ({ req_id }) => send("clipboard_text_received", { req_id, data: null }),
    web_app_request_write_access: () => send("write_access_requested", { status: "allowed" }),
    web_app_request_phone: () => send("phone_requested", { status: "cancelled" }),
    web_app_invoke_custom_method: ({ req_id }) => send("custom_method_invoked", { req_id, error: "METHOD_INVALID" }),
    web_app_biometry_get_info: () => send("biometry_info_received", { available: false }),
  };
  const listen = (event) => {
    if (event.source !== frame.contentWindow || typeof event.data !== "string") return;
    const told = parsed(event.data);
    if (told && Object.hasOwn(heard, told.eventType)) heard[told.eventType](told.eventData || {});
  };
  addEventListener("message", listen);
  const sizes = new ResizeObserver(viewport);
  sizes.observe(frame);
  return {
    send,
    theme,
    end: () => {
      removeEventListener("message", listen);
      sizes.disconnect();
    },
  };
}

function parsed(text) {
  try {
    const told = JSON.parse(text);
    return told && typeof told.eventType === "string" ? told : null;
  } catch {
    return null;
  }
}
