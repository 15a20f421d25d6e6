//! Machine code in parallel with semantics: typed functions go to worker threads as they are
//! made, and come back in the order in which they were made, so that nothing depends on timing.
//! They are taken as soon as they are ready, and semantics wait when too many are not: neither typed
//! functions nor machine code pile up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;

use codegen::{Code, Generator};
use crossbeam_channel::{Receiver, Sender, unbounded};
use sema::Output;

/// What is applied to the image.
pub enum Piece {
    /// A function.
    Func(tir::Sym, String, Result<Code, String>),
    /// A data object.
    Data(tir::Data, String),
    /// A symbol that is gone.
    Retire(tir::Sym),
}

type Job = (usize, Arc<tir::Func>, String);
type Done = (usize, Piece);

/// Below this many functions a hand-over costs more than it gains.
const INLINE: usize = 4;

/// How far semantics may get ahead of the workers, in functions: typed functions take much memory.
const AHEAD: usize = 64;

/// If they do, so many are compiled here.
const BATCH: usize = 8;

/// The workers, and what they have in hand.
pub struct Pipeline {
    own: Generator,
    threads: Vec<JoinHandle<()>>,
    jobs: Option<Sender<Job>>,
    steal: Receiver<Job>,
    receive: Receiver<Done>,
    send_done: Sender<Done>,
    options: codegen::Options,
    workers: usize,
    held: Vec<Job>,
    /// What is not taken yet, in the order in which it was pushed; none where it is being made.
    pieces: VecDeque<Option<Piece>>,
    /// The number of the first of them.
    first: usize,
    out: usize,
    /// Functions compiled since the counter was last read.
    pub compiled: u64,
    /// The order in which functions that wait are compiled, if it is not the usual one.
    pub shuffle: Option<sema::Shuffle>,
}

impl Pipeline {
    /// No thread is started before there is work for it.
    pub fn new(options: codegen::Options, workers: usize) -> Result<Pipeline, String> {
        let (jobs, steal) = unbounded();
        let (send_done, receive) = unbounded();
        Ok(Pipeline {
            own: Generator::new(&options).map_err(|e| e.to_string())?,
            threads: Vec::new(),
            jobs: Some(jobs),
            steal,
            receive,
            send_done,
            options,
            workers,
            held: Vec::new(),
            pieces: VecDeque::new(),
            first: 0,
            out: 0,
            compiled: 0,
            shuffle: None,
        })
    }

    /// Takes one output of semantics.
    pub fn push(&mut self, o: Output) {
        let n = self.first + self.pieces.len();
        let piece = match o {
            Output::Func { func, name } => {
                self.compiled += 1;
                self.held.push((n, func, name));
                if self.held.len() > INLINE {
                    self.hand_over();
                }
                None
            }
            Output::Data { data, name } => Some(Piece::Data(data, name)),
            Output::Retire(s) => Some(Piece::Retire(s)),
        };
        self.pieces.push_back(piece);
        if self.steal.len() > AHEAD {
            for _ in 0..BATCH {
                self.help();
            }
        }
    }

    /// Compiles one of the functions that no worker has taken yet. Whether there was one.
    fn help(&mut self) -> bool {
        let Ok((n, f, name)) = self.steal.try_recv() else { return false };
        let p = compile(&mut self.own, &f, name);
        self.done(n, p);
        self.out -= 1;
        true
    }

    fn done(&mut self, n: usize, p: Piece) {
        if let Some(slot) = n.checked_sub(self.first).and_then(|i| self.pieces.get_mut(i)) {
            *slot = Some(p);
        }
    }

    /// The next piece, if it is ready.
    pub fn next(&mut self) -> Option<Piece> {
        while let Ok((n, p)) = self.receive.try_recv() {
            self.done(n, p);
            self.out -= 1;
        }
        let piece = self.pieces.front_mut()?.take()?;
        self.pieces.pop_front();
        self.first += 1;
        Some(piece)
    }

    fn hand_over(&mut self) {
        while self.threads.len() < self.workers {
            let (steal, done, options) = (self.steal.clone(), self.send_done.clone(), self.options);
            let t = std::thread::Builder::new().name("codegen".into()).spawn(move || {
                let Ok(mut g) = Generator::new(&options) else { return };
                while let Ok((n, f, name)) = steal.recv() {
                    if done.send((n, compile(&mut g, &f, name))).is_err() {
                        return;
                    }
                }
            });
            match t {
                Ok(t) => self.threads.push(t),
                Err(_) => break,
            }
        }
        if self.threads.is_empty() {
            return;
        }
        if let Some(jobs) = &self.jobs {
            for j in self.held.drain(..) {
                self.out += 1;
                // The receiver lives as long as we do.
                let _ = jobs.send(j);
            }
        }
    }

    /// Waits for everything pushed so far.
    pub fn finish(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        if let Some(shuffle) = self.shuffle {
            shuffle.permute(&mut held);
        }
        for (n, f, name) in held {
            let p = compile(&mut self.own, &f, name);
            self.done(n, p);
        }
        while self.out > 0 {
            if self.help() {
                continue;
            }
            match self.receive.recv() {
                Ok((n, p)) => {
                    self.done(n, p);
                    self.out -= 1;
                }
                Err(_) => break,
            }
        }
    }
}

impl Pipeline {
    /// Ends the workers, and with them what they keep for the next function; new ones start when there is
    /// work for them.
    pub fn rest(&mut self) {
        if self.threads.is_empty() || self.out > 0 {
            return;
        }
        let (jobs, steal) = unbounded();
        (self.jobs, self.steal) = (Some(jobs), steal);
        for t in self.threads.drain(..) {
            let _ = t.join();
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.jobs = None;
        for t in self.threads.drain(..) {
            let _ = t.join();
        }
    }
}

/// A fault in here must not leave the others waiting for a piece that never comes.
fn compile(g: &mut Generator, f: &tir::Func, name: String) -> Piece {
    let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| g.compile(f).map_err(|e| e.to_string())));
    Piece::Func(f.sym, name, code.unwrap_or_else(|_| Err("the generator ended unexpectedly".into())))
}
