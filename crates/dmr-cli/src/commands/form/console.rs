//! Lines in, words out: at a terminal, or from a pipe, line by line.

use crate::failure::Failure;
use dmr::{Code, Problem};
use std::io::{BufRead, IsTerminal, Write};

/// Where questions go and answers come from. Questions go to standard error, so that the answer of the command stays alone on standard output.
pub struct Console {
    ended: bool,
}

impl Console {
    pub fn new() -> Self {
        Self { ended: false }
    }

    /// Whether no more answers come.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Says something on a line of its own.
    pub fn say(&self, words: &str) {
        // Nobody is left to be told that nobody reads this.
        let _unread = writeln!(std::io::stderr(), "{words}");
    }

    /// Asks, and reads a line.
    ///
    /// # Errors
    /// Where the input ends: the form is not filled in, and nothing is sent.
    pub fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let mut out = std::io::stderr();
        let _unread = write!(out, "{question}: ").and_then(|()| out.flush());
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if !std::io::stdin().is_terminal() {
            // Nobody pressed return.
            let _unread = writeln!(out);
        }
        match read {
            Ok(0) => {
                self.ended = true;
                Err(unfinished("the input ended before the form did: nothing was sent"))
            }
            Ok(_) => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
            Err(fault) => Err(unfinished(&format!("the input cannot be read: {fault}"))),
        }
    }

    /// Asks for what nobody should see while it is typed.
    pub fn ask_secretly(&mut self, question: &str) -> Result<String, Failure> {
        let hidden = Hidden::begin();
        let answer = self.ask(question);
        if hidden.is_some() {
            self.say("");
        }
        answer
    }

    /// Asks a question with two answers.
    pub fn yes_or_no(&mut self, question: &str, usual: bool) -> Result<bool, Failure> {
        let question = format!("{question} ({})", if usual { "Y/n" } else { "y/N" });
        loop {
            let answer = self.ask(&question)?;
            match read_yes_or_no(&answer) {
                Some(answer) => return Ok(answer),
                None if answer.trim().is_empty() => return Ok(usual),
                None if answer.trim() == ":quit" => return Err(left()),
                None => self.say("  ! y or n"),
            }
        }
    }
}

/// Yes or no in the words people use.
pub fn read_yes_or_no(answer: &str) -> Option<bool> {
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "on" | "1" => Some(true),
        "n" | "no" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Whoever fills in the form has had enough.
pub fn left() -> Failure {
    unfinished("the form was left: nothing was sent")
}

fn unfinished(why: &str) -> Failure {
    Problem::new(Code::BodyShape, why).into()
}

/// While this lives, a terminal does not show what is typed. An interrupt meanwhile gives the terminal back as it was.
struct Hidden {
    #[cfg(unix)]
    before: rustix::termios::Termios,
    #[cfg(unix)]
    interrupts: tokio::task::JoinHandle<()>,
}

#[cfg(unix)]
impl Hidden {
    fn begin() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &silent).ok()?;
        let restored = before.clone();
        let interrupts = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _gone = tcsetattr(std::io::stdin(), OptionalActions::Now, &restored);
                std::process::exit(130);
            }
        });
        Some(Self { before, interrupts })
    }
}

#[cfg(not(unix))]
impl Hidden {
    fn begin() -> Option<Self> {
        None
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            self.interrupts.abort();
            let _gone = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
        }
    }
}
