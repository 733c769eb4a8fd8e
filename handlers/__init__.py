"""Front ends: one folder a channel; they parse, await one flow, render."""
