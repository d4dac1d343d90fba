//! What popups do on this computer.

/// How this computer pops up. A setting of the computer, not of the person: the one in the reception shows titles only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// Popups at all. While they are off nothing counts as shown: what is still unread when they are switched on again
    /// pops up then, as one summary if it is more than a few.
    pub enabled: bool,
    /// Only what kind of alert it is, never a name: for a screen that others see, locked or not.
    pub titles_only: bool,
    /// With a sound.
    pub sound: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { enabled: true, titles_only: false, sound: true }
    }
}
