// deno-fmt-ignore-file
// deno-lint-ignore-file
// @ts-self-types="./prom_client.d.ts"
/*!
prom-client 15.1.3, made one file by `deno task prom-client`

Apache License
                           Version 2.0, January 2004
                        http://www.apache.org/licenses/

   TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION

   1. Definitions.

      "License" shall mean the terms and conditions for use, reproduction,
      and distribution as defined by Sections 1 through 9 of this document.

      "Licensor" shall mean the copyright owner or entity authorized by
      the copyright owner that is granting the License.

      "Legal Entity" shall mean the union of the acting entity and all
      other entities that control, are controlled by, or are under common
      control with that entity. For the purposes of this definition,
      "control" means (i) the power, direct or indirect, to cause the
      direction or management of such entity, whether by contract or
      otherwise, or (ii) ownership of fifty percent (50%) or more of the
      outstanding shares, or (iii) beneficial ownership of such entity.

      "You" (or "Your") shall mean an individual or Legal Entity
      exercising permissions granted by this License.

      "Source" form shall mean the preferred form for making modifications,
      including but not limited to software source code, documentation
      source, and configuration files.

      "Object" form shall mean any form resulting from mechanical
      transformation or translation of a Source form, including but
      not limited to compiled object code, generated documentation,
      and conversions to other media types.

      "Work" shall mean the work of authorship, whether in Source or
      Object form, made available under the License, as indicated by a
      copyright notice that is included in or attached to the work
      (an example is provided in the Appendix below).

      "Derivative Works" shall mean any work, whether in Source or Object
      form, that is based on (or derived from) the Work and for which the
      editorial revisions, annotations, elaborations, or other modifications
      represent, as a whole, an original work of authorship. For the purposes
      of this License, Derivative Works shall not include works that remain
      separable from, or merely link (or bind by name) to the interfaces of,
      the Work and Derivative Works thereof.

      "Contribution" shall mean any work of authorship, including
      the original version of the Work and any modifications or additions
      to that Work or Derivative Works thereof, that is intentionally
      submitted to Licensor for inclusion in the Work by the copyright owner
      or by an individual or Legal Entity authorized to submit on behalf of
      the copyright owner. For the purposes of this definition, "submitted"
      means any form of electronic, verbal, or written communication sent
      to the Licensor or its representatives, including but not limited to
      communication on electronic mailing lists, source code control systems,
      and issue tracking systems that are managed by, or on behalf of, the
      Licensor for the purpose of discussing and improving the Work, but
      excluding communication that is conspicuously marked or otherwise
      designated in writing by the copyright owner as "Not a Contribution."

      "Contributor" shall mean Licensor and any individual or Legal Entity
      on behalf of whom a Contribution has been received by Licensor and
      subsequently incorporated within the Work.

   2. Grant of Copyright License. Subject to the terms and conditions of
      this License, each Contributor hereby grants to You a perpetual,
      worldwide, non-exclusive, no-charge, royalty-free, irrevocable
      copyright license to reproduce, prepare Derivative Works of,
      publicly display, publicly perform, sublicense, and distribute the
      Work and such Derivative Works in Source or Object form.

   3. Grant of Patent License. Subject to the terms and conditions of
      this License, each Contributor hereby grants to You a perpetual,
      worldwide, non-exclusive, no-charge, royalty-free, irrevocable
      (except as stated in this section) patent license to make, have made,
      use, offer to sell, sell, import, and otherwise transfer the Work,
      where such license applies only to those patent claims licensable
      by such Contributor that are necessarily infringed by their
      Contribution(s) alone or by combination of their Contribution(s)
      with the Work to which such Contribution(s) was submitted. If You
      institute patent litigation against any entity (including a
      cross-claim or counterclaim in a lawsuit) alleging that the Work
      or a Contribution incorporated within the Work constitutes direct
      or contributory patent infringement, then any patent licenses
      granted to You under this License for that Work shall terminate
      as of the date such litigation is filed.

   4. Redistribution. You may reproduce and distribute copies of the
      Work or Derivative Works thereof in any medium, with or without
      modifications, and in Source or Object form, provided that You
      meet the following conditions:

      (a) You must give any other recipients of the Work or
          Derivative Works a copy of this License; and

      (b) You must cause any modified files to carry prominent notices
          stating that You changed the files; and

      (c) You must retain, in the Source form of any Derivative Works
          that You distribute, all copyright, patent, trademark, and
          attribution notices from the Source form of the Work,
          excluding those notices that do not pertain to any part of
          the Derivative Works; and

      (d) If the Work includes a "NOTICE" text file as part of its
          distribution, then any Derivative Works that You distribute must
          include a readable copy of the attribution notices contained
          within such NOTICE file, excluding those notices that do not
          pertain to any part of the Derivative Works, in at least one
          of the following places: within a NOTICE text file distributed
          as part of the Derivative Works; within the Source form or
          documentation, if provided along with the Derivative Works; or,
          within a display generated by the Derivative Works, if and
          wherever such third-party notices normally appear. The contents
          of the NOTICE file are for informational purposes only and
          do not modify the License. You may add Your own attribution
          notices within Derivative Works that You distribute, alongside
          or as an addendum to the NOTICE text from the Work, provided
          that such additional attribution notices cannot be construed
          as modifying the License.

      You may add Your own copyright statement to Your modifications and
      may provide additional or different license terms and conditions
      for use, reproduction, or distribution of Your modifications, or
      for any such Derivative Works as a whole, provided Your use,
      reproduction, and distribution of the Work otherwise complies with
      the conditions stated in this License.

   5. Submission of Contributions. Unless You explicitly state otherwise,
      any Contribution intentionally submitted for inclusion in the Work
      by You to the Licensor shall be under the terms and conditions of
      this License, without any additional terms or conditions.
      Notwithstanding the above, nothing herein shall supersede or modify
      the terms of any separate license agreement you may have executed
      with Licensor regarding such Contributions.

   6. Trademarks. This License does not grant permission to use the trade
      names, trademarks, service marks, or product names of the Licensor,
      except as required for reasonable and customary use in describing the
      origin of the Work and reproducing the content of the NOTICE file.

   7. Disclaimer of Warranty. Unless required by applicable law or
      agreed to in writing, Licensor provides the Work (and each
      Contributor provides its Contributions) on an "AS IS" BASIS,
      WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or
      implied, including, without limitation, any warranties or conditions
      of TITLE, NON-INFRINGEMENT, MERCHANTABILITY, or FITNESS FOR A
      PARTICULAR PURPOSE. You are solely responsible for determining the
      appropriateness of using or redistributing the Work and assume any
      risks associated with Your exercise of permissions under this License.

   8. Limitation of Liability. In no event and under no legal theory,
      whether in tort (including negligence), contract, or otherwise,
      unless required by applicable law (such as deliberate and grossly
      negligent acts) or agreed to in writing, shall any Contributor be
      liable to You for damages, including any direct, indirect, special,
      incidental, or consequential damages of any character arising as a
      result of this License or out of the use or inability to use the
      Work (including but not limited to damages for loss of goodwill,
      work stoppage, computer failure or malfunction, or any and all
      other commercial damages or losses), even if such Contributor
      has been advised of the possibility of such damages.

   9. Accepting Warranty or Additional Liability. While redistributing
      the Work or Derivative Works thereof, You may choose to offer,
      and charge a fee for, acceptance of support, warranty, indemnity,
      or other liability obligations and/or rights consistent with this
      License. However, in accepting such obligations, You may act only
      on Your own behalf and on Your sole responsibility, not on behalf
      of any other Contributor, and only if You agree to indemnify,
      defend, and hold each Contributor harmless for any liability
      incurred by, or claims asserted against, such Contributor by reason
      of your accepting any such warranty or additional liability.

   END OF TERMS AND CONDITIONS

   APPENDIX: How to apply the Apache License to your work.

      To apply the Apache License to your work, attach the following
      boilerplate notice, with the fields enclosed by brackets "{}"
      replaced with your own identifying information. (Don't include
      the brackets!)  The text should be enclosed in the appropriate
      comment syntax for the file format. We also recommend that a
      file or class name and description of purpose be included on the
      same "printed page" as the copyright notice for easier
      identification within third-party archives.

   Copyright 2015 Simon Nyberg

   Licensed under the Apache License, Version 2.0 (the "License");
   you may not use this file except in compliance with the License.
   You may obtain a copy of the License at

       http://www.apache.org/licenses/LICENSE-2.0

   Unless required by applicable law or agreed to in writing, software
   distributed under the License is distributed on an "AS IS" BASIS,
   WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
   See the License for the specific language governing permissions and
   limitations under the License.
*/
var me=Object.create;var p=Object.defineProperty;var pe=Object.getOwnPropertyDescriptor;var be=Object.getOwnPropertyNames;var ge=Object.getPrototypeOf,de=Object.prototype.hasOwnProperty;var Ee=(s,e,t)=>()=>{if(t)throw t[0];try{return s&&(e=s(s=0)),e}catch(r){throw t=[r],r}};var c=(s,e)=>()=>{try{return e||s((e={exports:{}}).exports,e),e.exports}catch(t){throw e=0,t}},Te=(s,e)=>{for(var t in e)p(s,t,{get:e[t],enumerable:!0})},z=(s,e,t,r)=>{if(e&&typeof e=="object"||typeof e=="function")for(let i of be(e))!de.call(s,i)&&i!==t&&p(s,i,{get:()=>e[i],enumerable:!(r=pe(e,i))||r.enumerable});return s};var w=(s,e,t)=>(t=s!=null?me(ge(s)):{},z(e||!s||!s.__esModule?p(t,"default",{value:s,enumerable:!0}):t,s)),M=s=>z(p({},"__esModule",{value:!0}),s);var b={};Te(b,{format:()=>Ne,inspect:()=>ye});var Ne,ye,g=Ee(()=>{Ne=String,ye=JSON.stringify});var h=c(a=>{"use strict";a.getValueAsString=function(e){return Number.isNaN(e)?"Nan":Number.isFinite(e)?`${e}`:e<0?"-Inf":"+Inf"};a.removeLabels=function(e,t,r){let i=L(t,r);delete e[i]};a.setValue=function(e,t,r){let i=L(r);return e[i]={value:typeof t=="number"?t:0,labels:r||{}},e};a.setValueDelta=function(e,t,r,i=""){let n=typeof t=="number"?t:0;return e[i]?e[i].value+=n:e[i]={value:n,labels:r},e};a.getLabels=function(s,e){if(typeof e[0]=="object")return e[0];if(s.length!==e.length)throw new Error(`Invalid number of arguments (${e.length}): "${e.join(", ")}" for label names (${s.length}): "${s.join(", ")}".`);let t={};for(let r=0;r<s.length;r++)t[s[r]]=e[r];return t};function F(s,e){if(s.length===0)return"";let t="";for(let r=0;r<s.length;r++){let i=s[r],n=e[i];n!==void 0&&(t+=`${i}:${n},`)}return t}function L(s,e){if(e)return F(e,s);let t=Object.keys(s);return t.length>1&&t.sort(),F(t,s)}a.hashObject=L;a.isObject=function(e){return e!==null&&typeof e=="object"};a.nowTimestamp=function(){return Date.now()/1e3};var O=class extends Map{add(e,t){this.has(e)?this.get(e).push(t):this.set(e,[t])}};a.Grouper=O});var E=c(d=>{"use strict";var we=(g(),M(b)),Me=/^[a-zA-Z_:][a-zA-Z0-9_:]*$/,Oe=/^[a-zA-Z_][a-zA-Z0-9_]*$/;d.validateMetricName=function(s){return Me.test(s)};d.validateLabelName=function(s=[]){return s.every(e=>Oe.test(e))};d.validateLabel=function(e,t){for(let r in t)if(!e.includes(r))throw new Error(`Added label "${r}" is not included in initial labelset: ${we.inspect(e)}`)}});var $=c((ke,S)=>{"use strict";var{getValueAsString:U}=h(),T=class s{static get PROMETHEUS_CONTENT_TYPE(){return"text/plain; version=0.0.4; charset=utf-8"}static get OPENMETRICS_CONTENT_TYPE(){return"application/openmetrics-text; version=1.0.0; charset=utf-8"}constructor(e=s.PROMETHEUS_CONTENT_TYPE){if(this._metrics={},this._collectors=[],this._defaultLabels={},e!==s.PROMETHEUS_CONTENT_TYPE&&e!==s.OPENMETRICS_CONTENT_TYPE)throw new TypeError(`Content type ${e} is unsupported`);this._contentType=e}getMetricsAsArray(){return Object.values(this._metrics)}async getMetricsAsString(e){let t=typeof e.getForPromString=="function"?await e.getForPromString():await e.get(),r=_(t.name),i=`# HELP ${r} ${_(t.help)}`,n=`# TYPE ${r} ${t.type}`,o=[i,n],l=Object.keys(this._defaultLabels).length>0?this._defaultLabels:null,I=this.contentType===s.OPENMETRICS_CONTENT_TYPE;for(let u of t.values||[]){let{metricName:y=r,labels:f={}}=u,{sharedLabels:Y={}}=u;I&&t.type==="counter"&&(y=`${y}_total`),l&&(f={...f,...l,...f});let le=x(f,Y),he=Le(Y),H=[...le,he].filter(Boolean),ue=H.length?`{${H.join(",")}}`:"",D=`${y}${ue} ${U(u.value)}`,{exemplar:m}=u;if(m&&I){let fe=x(m.labelSet);D+=` # {${fe.join(",")}} ${U(m.value)} ${m.timestamp}`}o.push(D)}return o.join(`
`)}async metrics(){let e=this.contentType===s.OPENMETRICS_CONTENT_TYPE,t=this.getMetricsAsArray().map(i=>(e&&i.type==="counter"&&(i.name=_e(i.name)),this.getMetricsAsString(i))),r=await Promise.all(t);return e?`${r.join(`
`)}
# EOF
`:`${r.join(`

`)}
`}registerMetric(e){if(this._metrics[e.name]&&this._metrics[e.name]!==e)throw new Error(`A metric with the name ${e.name} has already been registered.`);this._metrics[e.name]=e}clear(){this._metrics={},this._defaultLabels={}}async getMetricsAsJSON(){let e=[],t=Object.keys(this._defaultLabels),r=[];for(let n of this.getMetricsAsArray())r.push(n.get());let i=await Promise.all(r);for(let n of i){if(n.values&&t.length>0)for(let o of n.values){o.labels=Object.assign({},o.labels);for(let l of t)o.labels[l]=o.labels[l]||this._defaultLabels[l]}e.push(n)}return e}removeSingleMetric(e){delete this._metrics[e]}getSingleMetricAsString(e){return this.getMetricsAsString(this._metrics[e])}getSingleMetric(e){return this._metrics[e]}setDefaultLabels(e){this._defaultLabels=e}resetMetrics(){for(let e in this._metrics)this._metrics[e].reset()}get contentType(){return this._contentType}setContentType(e){if(e===s.OPENMETRICS_CONTENT_TYPE||e===s.PROMETHEUS_CONTENT_TYPE)this._contentType=e;else throw new Error(`Content type ${e} is unsupported`)}static merge(e){let t=e[0].contentType;for(let n of e)if(n.contentType!==t)throw new Error("Registers can only be merged if they have the same content type");let r=new s(t);return e.reduce((n,o)=>n.concat(o.getMetricsAsArray()),[]).forEach(r.registerMetric,r),r}};function x(s,e){let{hasOwnProperty:t}=Object.prototype,r=[];for(let[i,n]of Object.entries(s))(!e||!t.call(e,i))&&r.push(`${i}="${xe(n)}"`);return r}var W=new WeakMap;function Le(s){let e=W.get(s);if(e)return e;let r=x(s).join(",");return W.set(s,r),r}function xe(s){return typeof s!="string"?s:_(s).replace(/"/g,'\\"')}function _(s){return s.replace(/\\/g,"\\\\").replace(/\n/g,"\\n")}function _e(s){return s.replace(/_total$/,"")}S.exports=T;S.exports.globalRegistry=new T});var v=c((Je,Z)=>{"use strict";var j=$(),{isObject:Se}=h(),{validateMetricName:$e,validateLabelName:je}=E(),P=class{constructor(e,t={}){if(!Se(e))throw new TypeError("constructor expected a config object");if(Object.assign(this,{labelNames:[],registers:[j.globalRegistry],aggregator:"sum",enableExemplars:!1},t,e),this.registers||(this.registers=[j.globalRegistry]),!this.help)throw new Error("Missing mandatory help parameter");if(!this.name)throw new Error("Missing mandatory name parameter");if(!$e(this.name))throw new Error("Invalid metric name");if(!je(this.labelNames))throw new Error("Invalid label name");if(this.collect&&typeof this.collect!="function")throw new Error('Optional "collect" parameter must be a function');this.labelNames?this.sortedLabelNames=[...this.labelNames].sort():this.sortedLabelNames=[],this.reset();for(let r of this.registers){if(this.enableExemplars&&r.contentType===j.PROMETHEUS_CONTENT_TYPE)throw new TypeError("Exemplars are supported only on OpenMetrics registries");r.registerMetric(this)}}reset(){}};Z.exports={Metric:P}});var J=c((Be,k)=>{"use strict";var A=class{constructor(e={},t=null){this.labelSet=e,this.value=t}validateExemplarLabelSet(e){let t="";for(let[r,i]of Object.entries(e))t+=`${r}${i}`;if(t.length>128)throw new RangeError("Label set size must be smaller than 128 UTF-8 chars")}};k.exports=A});var ee=c((Ge,X)=>{"use strict";var Pe=(g(),M(b)),{hashObject:ve,isObject:B,getLabels:G,removeLabels:Ae,nowTimestamp:Re}=h(),{validateLabel:K}=E(),{Metric:Ce}=v(),Ve=J(),R=class extends Ce{constructor(e){super(e),this.type="counter",this.defaultLabels={},this.defaultValue=1,this.defaultExemplarLabelSet={},e.enableExemplars?(this.enableExemplars=!0,this.inc=this.incWithExemplar):this.inc=this.incWithoutExemplar}incWithoutExemplar(e,t){let r="";if(B(e)?(r=ve(e,this.sortedLabelNames),K(this.labelNames,e)):(t=e,e={}),t&&!Number.isFinite(t))throw new TypeError(`Value is not a valid number: ${Pe.format(t)}`);if(t<0)throw new Error("It is not possible to decrease a counter");return t==null&&(t=1),Q(this.hashMap,t,e,r),{labelHash:r}}incWithExemplar({labels:e=this.defaultLabels,value:t=this.defaultValue,exemplarLabels:r=this.defaultExemplarLabelSet}={}){let i=this.incWithoutExemplar(e,t);this.updateExemplar(r,t,i.labelHash)}updateExemplar(e,t,r){e!==this.defaultExemplarLabelSet&&(B(this.hashMap[r].exemplar)||(this.hashMap[r].exemplar=new Ve),this.hashMap[r].exemplar.validateExemplarLabelSet(e),this.hashMap[r].exemplar.labelSet=e,this.hashMap[r].exemplar.value=t||1,this.hashMap[r].exemplar.timestamp=Re())}reset(){this.hashMap={},this.labelNames.length===0&&Q(this.hashMap,0)}async get(){if(this.collect){let e=this.collect();e instanceof Promise&&await e}return{help:this.help,name:this.name,type:this.type,values:Object.values(this.hashMap),aggregator:this.aggregator}}labels(...e){let t=G(this.labelNames,e)||{};return{inc:this.inc.bind(this,t)}}remove(...e){let t=G(this.labelNames,e)||{};return K(this.labelNames,t),Ae.call(this,this.hashMap,t,this.sortedLabelNames)}};function Q(s,e,t={},r=""){return s[r]?s[r].value+=e:s[r]={value:e,labels:t},s}X.exports=R});var ce=c((Ke,oe)=>{"use strict";var re=(g(),M(b)),{setValue:ie,setValueDelta:qe,getLabels:te,hashObject:ne,isObject:ae,removeLabels:Ie}=h(),{validateLabel:N}=E(),{Metric:Ye}=v(),q=class extends Ye{constructor(e){super(e),this.type="gauge"}set(e,t){t=V(e,t),e=C(e),He(this,e,t)}reset(){this.hashMap={},this.labelNames.length===0&&ie(this.hashMap,0,{})}inc(e,t){t=V(e,t),e=C(e),t===void 0&&(t=1),se(this,e,t)}dec(e,t){t=V(e,t),e=C(e),t===void 0&&(t=1),se(this,e,-t)}setToCurrentTime(e){let t=Date.now()/1e3;e===void 0?this.set(t):this.set(e,t)}startTimer(e){let t=process.hrtime();return r=>{let i=process.hrtime(t),n=i[0]+i[1]/1e9;return this.set(Object.assign({},e,r),n),n}}async get(){if(this.collect){let e=this.collect();e instanceof Promise&&await e}return{help:this.help,name:this.name,type:this.type,values:Object.values(this.hashMap),aggregator:this.aggregator}}_getValue(e){let t=ne(e||{},this.sortedLabelNames);return this.hashMap[t]?this.hashMap[t].value:0}labels(...e){let t=te(this.labelNames,e);return N(this.labelNames,t),{inc:this.inc.bind(this,t),dec:this.dec.bind(this,t),set:this.set.bind(this,t),setToCurrentTime:this.setToCurrentTime.bind(this,t),startTimer:this.startTimer.bind(this,t)}}remove(...e){let t=te(this.labelNames,e);N(this.labelNames,t),Ie.call(this,this.hashMap,t,this.sortedLabelNames)}};function He(s,e,t){if(typeof t!="number")throw new TypeError(`Value is not a valid number: ${re.format(t)}`);N(s.labelNames,e),ie(s.hashMap,t,e)}function se(s,e,t){if(typeof t!="number")throw new TypeError(`Delta is not a valid number: ${re.format(t)}`);N(s.labelNames,e);let r=ne(e,s.sortedLabelNames);qe(s.hashMap,t,e,r)}function C(s){return ae(s)?s:{}}function V(s,e){return ae(s)?e:s}oe.exports=q});var De=w(ee()),ze=w(ce()),Fe=w($());var export_Counter=De.default;var export_Gauge=ze.default;var export_Registry=Fe.default;export{export_Counter as Counter,export_Gauge as Gauge,export_Registry as Registry};
